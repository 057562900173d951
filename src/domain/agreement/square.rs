//! Counts by two categories. Those of several items add up, which makes resampling items cheap.

/// How often category `i` met category `j`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Square {
    size: usize,
    cells: Vec<f64>,
}

impl Square {
    /// Nothing yet, among `size` categories.
    pub fn new(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    pub fn size(&self) -> usize {
        self.size
    }

    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.cells[i * self.size + j]
    }

    pub fn add(&mut self, i: usize, j: usize, count: f64) {
        self.cells[i * self.size + j] += count;
    }

    pub fn total(&self) -> f64 {
        self.cells.iter().sum()
    }

    /// Sum of each row.
    pub fn rows(&self) -> Vec<f64> {
        self.cells.chunks(self.size.max(1)).map(|row| row.iter().sum()).collect()
    }

    /// Sum of each column.
    pub fn columns(&self) -> Vec<f64> {
        (0..self.size).map(|j| (0..self.size).map(|i| self.at(i, j)).sum()).collect()
    }

    /// Sum of `count * weight(i, j)` over the cells.
    pub fn weighted(&self, weight: impl Fn(usize, usize) -> f64) -> f64 {
        let cells = (0..self.size).flat_map(|i| (0..self.size).map(move |j| (i, j)));
        cells.map(|(i, j)| self.at(i, j) * weight(i, j)).sum()
    }

    /// The sum of some of several tables of one size; an index may come more than once.
    pub fn sum(all: &[Square], drawn: &[usize]) -> Square {
        let mut sum = Square::new(all.first().map_or(0, Square::size));
        for &index in drawn {
            for (cell, more) in sum.cells.iter_mut().zip(&all[index].cells) {
                *cell += more;
            }
        }
        sum
    }
}
