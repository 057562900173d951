//! What a renderer of formulas may write: MathML Core without styles, links or scripts.

const ELEMENTS: [&str; 24] = [
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
    "mpadded",
    "mphantom",
];
const ATTRIBUTES: [&str; 22] = [
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
    "minsize",
    "maxsize",
    "lspace",
    "rspace",
    "width",
    "height",
    "depth",
    "voffset",
    "linethickness",
    "displaystyle",
    "scriptlevel",
    "separator",
];

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
        if !ATTRIBUTES.contains(&name) || value.contains(['<', '>', '&', ':']) {
            return false;
        }
        rest = after.trim_start();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_lists_passes() {
        for odd in ["<b>", "<mi onclick=\"x\">", "<mi style=\"x\">", "<mi>", "</mi>", "a>b", "<mi"]
        {
            assert!(!is_harmless(odd), "{odd}");
        }
        assert!(is_harmless("<math display=\"inline\"><mi>x</mi></math>"));
    }
}
