//! What people type to search, as a query of FTS5.

/// Most words of a search; further ones do not count.
const MOST: usize = 16;

/// Letters from which on a word may be unfinished. Nearly every run has a word that begins with one
/// letter or two, and all of them would have to be put in order.
const UNFINISHED: usize = 3;

/// Every word must be there; the last one may be unfinished if it is long enough; what stands between
/// quotes must be there as one piece. `None` when there is no word in it, which finds nothing.
pub(super) fn query(text: &str) -> Option<String> {
    let mut terms: Vec<String> = Vec::new();
    let open = !text.ends_with(char::is_whitespace);
    for (nth, piece) in text.split('"').enumerate() {
        let quoted = nth % 2 == 1;
        if quoted {
            terms.extend(term(piece));
        } else {
            terms.extend(piece.split_whitespace().filter_map(term));
        }
    }
    terms.truncate(MOST);
    let last = terms.last_mut()?;
    // What FTS5 takes for the last word: `well-a` is two.
    let apart = |c: char| !c.is_alphanumeric();
    let word = last.trim_end_matches(apart).rsplit(apart).next().unwrap_or_default();
    let letters = word.chars().count();
    if open && !text.ends_with('"') && letters >= UNFINISHED {
        last.push('*');
    }
    Some(terms.join(" "))
}

/// A string of FTS5: nothing in it has a meaning but its words.
fn term(text: &str) -> Option<String> {
    let has_word = text.chars().any(char::is_alphanumeric);
    has_word.then(|| format!("\"{}\"", text.replace(['"', '\0'], " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(query("red appl").as_deref(), Some(r#""red" "appl"*"#));
        assert_eq!(query("red ").as_deref(), Some(r#""red""#));
        assert_eq!(query("red a").as_deref(), Some(r#""red" "a""#), "too short to be unfinished");
        assert_eq!(query("well-a").as_deref(), Some(r#""well-a""#), "its last word is as short");
        assert_eq!(query("a-well").as_deref(), Some(r#""a-well"*"#));
        assert_eq!(query(r#""red apples" NOT"#).as_deref(), Some(r#""red apples" "NOT"*"#));
        assert_eq!(query("a* OR (box").as_deref(), Some(r#""a*" "OR" "(box"*"#));
        assert_eq!(query(r#"say "open"#).as_deref(), Some(r#""say" "open"*"#));
        assert_eq!(query(" \\ - "), None);
    }
}
