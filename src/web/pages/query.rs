//! Writing the query of an address.

use std::fmt::Write;

/// `name=value` pairs after a `?`; nothing when there is none.
pub fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    pairs.into_iter().fold(String::new(), |mut text, (name, value)| {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        encode(&mut text, &value);
        text
    })
}

/// Everything but the unreserved characters of RFC 3986 is written as bytes.
fn encode(text: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_become_pairs() {
        let pairs = [("q", "a&b=c é".to_owned()), ("status", "failed".to_owned())];
        assert_eq!(query(pairs), "?q=a%26b%3Dc%20%C3%A9&status=failed");
        assert_eq!(query([]), "");
    }
}
