//! Pictures as inline SVG: small functions from numbers to text.
//!
//! Every picture has a title and says its content in words; colours, widths and dashes are classes
//! of the style sheet, because pages allow nothing inline. Series differ by dash and by a label at
//! their end, not by colour alone. `axis.rs` turns values into places; `line.rs`, `reliability.rs`
//! and `intervals.rs` are the pictures; `canvas.rs` writes and escapes.

mod axis;
mod canvas;
mod intervals;
mod line;
mod reliability;

pub use axis::Axis;
pub use canvas::Svg;
pub use intervals::{Interval, intervals};
pub use line::{LineChart, Series};
pub use reliability::{Dot, reliability};

#[cfg(test)]
pub(super) mod tests {
    use super::Svg;

    /// The numbers of every attribute that is a place or a length.
    fn numbers(svg: &str) -> Vec<(String, f64)> {
        let mut found = Vec::new();
        let names = ["x", "y", "cx", "cy", "r", "d", "points", "x1", "x2", "y1", "y2"];
        for name in names {
            for part in svg.split(&format!(" {name}=\"")).skip(1) {
                let value = part.split('"').next().unwrap_or_default();
                let words = value.split(|c: char| c.is_ascii_alphabetic() || c == ' ' || c == ',');
                for word in words.filter(|word| !word.is_empty()) {
                    let number = word.parse().unwrap_or_else(|_| panic!("{name}: {word}"));
                    found.push((name.to_owned(), number));
                }
            }
        }
        found
    }

    /// Fails unless tags close, numbers are finite and inside the view box, and nothing is inline.
    #[track_caller]
    pub fn well_formed(svg: &Svg) {
        let text = svg.to_string();
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        assert!(!text.contains(" style=") && !text.contains("<script"), "{text}");
        assert!(text.starts_with("<svg ") && text.contains(" role=\"img\" aria-label=\""));
        assert_eq!(text.matches("<title>").count(), 1);
        let mut open = Vec::new();
        for tag in text.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').expect("a closed tag");
            let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap_or_default();
            match (tag.starts_with('/'), tag.ends_with('/')) {
                (true, _) => assert_eq!(open.pop(), Some(name), "{text}"),
                (_, true) => {}
                _ => open.push(name),
            }
        }
        assert!(open.is_empty(), "{open:?}");
        let view = text.split("viewBox=\"0 0 ").nth(1).and_then(|v| v.split('"').next());
        let (width, height) = view.and_then(|v| v.split_once(' ')).expect("a view box");
        let side = |text: &str| text.parse::<f64>().expect("a number");
        let (width, height) = (side(width), side(height));
        for (name, number) in numbers(&text) {
            let most = match name.as_str() {
                "x" | "cx" | "x1" | "x2" => width,
                "y" | "cy" | "y1" | "y2" => height,
                _ => width.max(height),
            };
            assert!((0.0..=most).contains(&number), "{name} = {number} of {most}: {text}");
        }
    }
}
