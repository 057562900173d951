//! A score as a page shows it: number, bar, shape and word, never colour alone.

use crate::domain::{Probability, Threshold, ThresholdSource};

/// Where the upper band begins.
const HIGH: f64 = 0.7;

/// A score ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Two decimals, or as many as show on which side of the threshold it lies.
    pub number: String,
    /// Length of the bar in percent.
    pub percent: u32,
    /// Position of the threshold on the bar in percent; none for the ORM, which has none.
    pub tick: Option<u32>,
    /// `high`, `mid`, `low`, or `plain` for the ORM: names colour and shape.
    pub band: &'static str,
    /// Says in a word what the shape says.
    pub word: &'static str,
}

impl Score {
    /// Of a step, by the SORM: can the right answer still be reached from here?
    pub fn sorm(p: Probability, threshold: &Threshold) -> Self {
        let (value, limit) = (p.get(), threshold.sorm.get());
        let (band, word) = match value {
            v if v < limit => ("low", "unlikely"),
            v if v >= HIGH => ("high", "likely"),
            _ => ("mid", "unsure"),
        };
        Self {
            number: beside(value, limit),
            percent: percent(value),
            tick: Some(percent(limit)),
            band,
            word,
        }
    }

    /// Of a whole solution, by the ORM. It has no band: it says nothing of any step, and only its
    /// order among the candidates counts.
    pub fn orm(p: Probability) -> Self {
        Self { number: number(p), percent: percent(p.get()), tick: None, band: "plain", word: "" }
    }
}

/// Two decimals.
pub fn number(p: Probability) -> String {
    format!("{:.2}", p.get())
}

/// Who chose the threshold.
pub fn source_word(source: ThresholdSource) -> &'static str {
    match source {
        ThresholdSource::Validation => "validation",
        ThresholdSource::Training => "training labels",
        ThresholdSource::Configuration => "configuration",
        ThresholdSource::Default => "default",
    }
}

/// A score that is rounded onto the threshold looks as if it passed; more decimals tell.
fn beside(value: f64, limit: f64) -> String {
    let honest =
        |text: &String| text.parse::<f64>().is_ok_and(|shown| (shown < limit) == (value < limit));
    let mut texts = (2..=6).map(|decimals| format!("{value:.decimals$}"));
    texts.find(honest).unwrap_or_else(|| format!("{value}"))
}

fn percent(value: f64) -> u32 {
    (value * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: f64, limit: f64) -> Score {
        let p = |x| Probability::new(x).expect("a probability");
        let threshold = Threshold { sorm: p(limit), source: ThresholdSource::Validation };
        Score::sorm(p(value), &threshold)
    }

    #[test]
    fn bands_follow_the_threshold_first() {
        let band = |value, limit| shown(value, limit).band;
        assert_eq!(band(0.7, 0.5), "high");
        assert_eq!(band(0.69, 0.5), "mid");
        assert_eq!(band(0.5, 0.5), "mid", "equal to the threshold passes");
        assert_eq!(band(0.49, 0.5), "low");
        assert_eq!(band(0.8, 0.9), "low", "under a high threshold even 0.8 is low");
    }

    #[test]
    fn words_and_bands_go_together() {
        let words = [0.9, 0.6, 0.1].map(|value| shown(value, 0.5).word);
        assert_eq!(words, ["likely", "unsure", "unlikely"]);
    }

    #[test]
    fn rounding_never_lifts_a_score_over_the_threshold() {
        assert_eq!(shown(0.4996, 0.5).number, "0.4996");
        assert_eq!(shown(0.496, 0.5).number, "0.496");
        assert_eq!(shown(0.12, 0.5).number, "0.12");
        assert_eq!(shown(1.0, 0.5).number, "1.00");
    }

    #[test]
    fn an_orm_score_says_nothing_of_steps() {
        let score = Score::orm(Probability::new(0.2).expect("a probability"));
        assert_eq!((score.band, score.word, score.tick), ("plain", "", None));
    }
}
