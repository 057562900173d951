//! What a renderer of formulas may write: MathML Core without styles, links or scripts.

/// None that hides what it holds or sets it upon something else.
const ELEMENTS: [&str; 22] = [
    "math",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "mrow",
    "mfrac",
    "msqrt",
    "mroot",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "mtable",
    "mtr",
    "mtd",
];
const ATTRIBUTES: [&str; 14] = [
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "form",
    "accent",
    "accentunder",
    "largeop",
    "movablelimits",
    "symmetric",
    "linethickness",
    "displaystyle",
    "scriptlevel",
    "separator",
];
/// Attributes that are lengths, and the longest, in whatever unit: a space is not to push the rest
/// out of sight.
const LENGTHS: [&str; 6] = ["lspace", "rspace", "width", "height", "minsize", "maxsize"];
const LONGEST: f64 = 4.0;

/// Whether there is nothing in it but elements and attributes of the lists, closed in order.
pub(super) fn is_harmless(markup: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    while let Some((before, from)) = rest.split_once('<') {
        let Some((tag, after)) = from.split_once('>') else { return false };
        if before.contains('>') {
            return false;
        }
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
            continue;
        }
        let (tag, alone) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.trim_end().split_once(' ').unwrap_or((tag.trim_end(), ""));
        if !ELEMENTS.contains(&name) || !attributes_are_known(attributes) {
            return false;
        }
        if !alone {
            open.push(name);
        }
    }
    open.is_empty() && !rest.contains('>')
}

/// `name="value" …`, every name of the list, no quote or angle in a value.
fn attributes_are_known(text: &str) -> bool {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let Some((name, value)) = rest.split_once("=\"") else { return false };
        let Some((value, after)) = value.split_once('"') else { return false };
        let known = ATTRIBUTES.contains(&name) || (LENGTHS.contains(&name) && is_short(value));
        if !known || value.contains(['<', '>', '&', ':']) {
            return false;
        }
        rest = after.trim_start();
    }
    true
}

fn is_short(length: &str) -> bool {
    let number = length.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.parse::<f64>().is_ok_and(|number| (0.0..=LONGEST).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_lists_passes() {
        for odd in [
            "<b>",
            "<mi onclick=\"x\">",
            "<mi style=\"x\">",
            "<mi>",
            "<mphantom></mphantom>",
            "<mspace width=\"99em\"/>",
            "</mi>",
            "a>b",
            "<mi",
        ] {
            assert!(!is_harmless(odd), "{odd}");
        }
        assert!(is_harmless("<math display=\"inline\"><mi>x</mi></math>"));
    }
}
