//! Matrix products on strided views, one thread each: threads work on different sequences.

use gemm::Parallelism;

/// Where a matrix lies in a slice: `data[row * row_stride + column * column_stride]`.
#[derive(Clone, Copy)]
struct Layout {
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl Layout {
    fn check(&self, len: usize) {
        let last = (self.rows.max(1) - 1) * self.row_stride
            + (self.columns.max(1) - 1) * self.column_stride;
        let fits = self.rows == 0 || self.columns == 0 || last < len;
        assert!(fits, "a {}x{} matrix does not fit {len} numbers", self.rows, self.columns);
    }
}

/// A matrix to read: rows of `columns` numbers, `stride` apart.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    data: &'a [f32],
    layout: Layout,
}

impl<'a> Rows<'a> {
    /// `rows` x `columns`, row-major, rows `stride` apart.
    pub fn new(data: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        let layout = Layout { rows, columns, row_stride: stride, column_stride: 1 };
        layout.check(data.len());
        Self { data, layout }
    }

    /// The same numbers with rows and columns exchanged.
    pub fn transposed(self) -> Self {
        let Layout { rows, columns, row_stride, column_stride } = self.layout;
        let layout = Layout {
            rows: columns,
            columns: rows,
            row_stride: column_stride,
            column_stride: row_stride,
        };
        Self { data: self.data, layout }
    }
}

/// `dst = scale * (a b)`, or `dst += scale * (a b)` when `add`; rows of `dst` are `stride` apart.
pub fn product(dst: &mut [f32], stride: usize, a: Rows, b: Rows, scale: f32, add: bool) {
    let (m, k, n) = (a.layout.rows, a.layout.columns, b.layout.columns);
    assert_eq!(k, b.layout.rows, "inner sizes differ");
    Layout { rows: m, columns: n, row_stride: stride, column_stride: 1 }.check(dst.len());
    // SAFETY: the three layouts were checked against their slices, here and in `Rows`; `dst` is
    // borrowed mutably, so it overlaps neither input; f32 is a type gemm knows.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            dst.as_mut_ptr(),
            1,
            stride as isize,
            add,
            a.data.as_ptr(),
            a.layout.column_stride as isize,
            a.layout.row_stride as isize,
            b.data.as_ptr(),
            b.layout.column_stride as isize,
            b.layout.row_stride as isize,
            1.0,
            scale,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// `dst[m,n] (+)= a[m,k] b[k,n]`.
pub fn matmul(dst: &mut [f32], a: &[f32], b: &[f32], k: usize, n: usize, add: bool) {
    let m = a.len() / k;
    product(dst, n, Rows::new(a, m, k, k), Rows::new(b, k, n, n), 1.0, add);
}

/// `dst[m,n] (+)= a[m,k] b[n,k]^T`: a linear layer whose weight is stored output by input.
pub fn matmul_right_transposed(dst: &mut [f32], a: &[f32], b: &[f32], k: usize, add: bool) {
    let (m, n) = (a.len() / k, b.len() / k);
    product(dst, n, Rows::new(a, m, k, k), Rows::new(b, n, k, k).transposed(), 1.0, add);
}

/// `dst[m,n] (+)= a[k,m]^T b[k,n]`: the gradient of such a weight.
pub fn matmul_left_transposed(
    dst: &mut [f32],
    a: &[f32],
    b: &[f32],
    m: usize,
    n: usize,
    add: bool,
) {
    let k = a.len() / m;
    product(dst, n, Rows::new(a, k, m, m).transposed(), Rows::new(b, k, n, n), 1.0, add);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_products_by_hand() {
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; // 2x3
        let b = [1.0, 0.0, 0.0, 1.0, 1.0, 1.0]; // 3x2
        let mut dst = [10.0; 4];
        matmul(&mut dst, &a, &b, 3, 2, true);
        assert_eq!(dst, [14.0, 15.0, 20.0, 21.0]);
        let bt = [1.0, 0.0, 1.0, 0.0, 1.0, 1.0]; // b^T, 2x3
        matmul_right_transposed(&mut dst, &a, &bt, 3, false);
        assert_eq!(dst, [4.0, 5.0, 10.0, 11.0]);
        let mut gram = [0.0; 9]; // a^T a
        matmul_left_transposed(&mut gram, &a, &a, 3, 3, false);
        assert_eq!(gram, [17.0, 22.0, 27.0, 22.0, 29.0, 36.0, 27.0, 36.0, 45.0]);
    }
}
