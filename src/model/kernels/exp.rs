//! `e^x` without a function call, so that loops over it vectorise.

/// `e^x` with a relative error under 3e-7 for x in -87..=88; 0 below, clamped above.
///
/// Cody-Waite reduction to `[-ln2/2, ln2/2]` and a degree-6 polynomial, then the exponent bits.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let clamped = x.clamp(-87.0, 88.0);
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number.
    const ROUNDER: f32 = 12_582_912.0;
    let n = (clamped * LOG2_E + ROUNDER) - ROUNDER;
    let r = clamped - n * LN2_HIGH - n * LN2_LOW;
    let mut p = 1.987_569_1e-4_f32;
    p = p * r + 1.398_2e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 5.000_000_4e-1;
    let mantissa = p * r * r + r + 1.0;
    let power = f32::from_bits((((n as i32) + 127) << 23) as u32);
    if x < -87.0 { 0.0 } else { mantissa * power }
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn it_is_the_exponential() {
        for i in -8600..8600 {
            let x = i as f32 * 0.01;
            let want = f64::from(x).exp();
            let got = f64::from(exp(x));
            assert!((got - want).abs() <= 3e-7 * want, "e^{x}: {got} for {want}");
        }
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
    }
}
