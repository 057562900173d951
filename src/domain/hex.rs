//! Bytes as two hexadecimal digits each, in lower case.

use std::fmt::Write;

/// The digits of these bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of exactly as many digits, none of them in upper case.
pub(super) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? * 16 + value(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_come_back(bytes: [u8; 5]) {
            prop_assert_eq!(decode::<5>(&encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn other_texts_are_no_bytes() {
        for text in ["", "0", "0g", "0A", "000", "é"] {
            assert_eq!(decode::<1>(text), None, "{text}");
        }
    }
}
