//! A picture being written: places in, escaped text out.

use std::fmt::{self, Write};

/// A finished picture. Only this room makes one, and all text in it is escaped, so a page may put
/// it in as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg(String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a text is anchored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture of a fixed size, in units of its view box. Whatever is drawn is kept inside it.
pub struct Canvas {
    width: f64,
    height: f64,
    kind: &'static str,
    body: String,
}

impl Canvas {
    /// An empty picture; `kind` is its class.
    pub fn new(kind: &'static str, width: f64, height: f64) -> Self {
        Self { width, height, kind, body: String::new() }
    }

    fn inside(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x.clamp(0.0, self.width), y.clamp(0.0, self.height))
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (self.inside(from), self.inside(to));
        self.put(&format!(
            "<path class=\"{class}\" d=\"M{} {}L{} {}\"/>",
            short(x1),
            short(y1),
            short(x2),
            short(y2)
        ));
    }

    /// A line through points.
    pub fn curve(&mut self, class: &str, points: &[(f64, f64)]) {
        let place = |&point: &(f64, f64)| {
            let (x, y) = self.inside(point);
            format!("{},{}", short(x), short(y))
        };
        let places: Vec<String> = points.iter().map(place).collect();
        self.put(&format!("<polyline class=\"{class}\" points=\"{}\"/>", places.join(" ")));
    }

    /// A disc.
    pub fn dot(&mut self, class: &str, at: (f64, f64), radius: f64) {
        let (x, y) = self.inside(at);
        self.put(&format!(
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            short(x),
            short(y),
            short(radius)
        ));
    }

    /// A square on its corner.
    pub fn diamond(&mut self, class: &str, at: (f64, f64), size: f64) {
        let (x, y) = self.inside(at);
        self.put(&format!(
            "<path class=\"{class}\" d=\"M{} {}L{} {}L{} {}L{} {}Z\"/>",
            short(x),
            short((y - size).max(0.0)),
            short((x + size).min(self.width)),
            short(y),
            short(x),
            short((y + size).min(self.height)),
            short((x - size).max(0.0)),
            short(y)
        ));
    }

    /// A text.
    pub fn text(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) {
        let (x, y) = self.inside(at);
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.put(&format!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\"{anchor}>{}</text>",
            short(x),
            short(y),
            escaped(text)
        ));
    }

    fn put(&mut self, element: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.body, "{element}");
    }

    /// The picture, named and described.
    pub fn finish(self, title: &str, description: &str) -> Svg {
        let Self { width, height, kind, body } = self;
        let (title, description) = (escaped(title), escaped(description));
        Svg(format!(
            "<svg class=\"chart {kind}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-label=\"{title}. {description}\">\n<title>{title}</title>\n{body}</svg>"
        ))
    }
}

/// To a tenth of a unit.
fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_stays_text() {
        let mut canvas = Canvas::new("x", 10.0, 10.0);
        canvas.text("label", (1.0, 99.0), Anchor::Start, "</text><script>");
        let svg = canvas.finish("\"><b>", "'&").to_string();
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("y=\"10\""), "kept inside: {svg}");
        assert!(svg.contains("aria-label=\"&quot;&gt;&lt;b&gt;. &#39;&amp;\""), "{svg}");
    }
}
