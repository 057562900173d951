//! Byte-level BPE with single digits, and control tokens that no text can produce.

use std::path::Path;

use tokenizers::models::bpe::{BPE, BpeTrainerBuilder};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{
    AddedToken, DecoderWrapper, NormalizerWrapper, PostProcessorWrapper, SplitDelimiterBehavior,
    TokenizerImpl,
};

use super::ModelError;

/// A tokenizer that has learned nothing yet.
type Blank = TokenizerImpl<
    BPE,
    NormalizerWrapper,
    PreTokenizerWrapper,
    PostProcessorWrapper,
    DecoderWrapper,
>;

/// Tokens with a meaning of their own; only the program writes them, never a user's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Ends every generated text.
    End,
    /// Before the problem Q.
    Problem,
    /// Before a solution written from nothing.
    Solution,
    /// Before a draft that is to be refined.
    Draft,
    /// Before the refined solution.
    Refine,
    /// Before the first wrong step of a draft (local refinement).
    BadStep,
    /// Label token: the answer will be, or can still be, right.
    Good,
    /// Label token: it will not, or cannot.
    Bad,
}

impl Control {
    /// Every control token, in the order of their ids.
    pub const ALL: [Control; 8] = [
        Control::End,
        Control::Problem,
        Control::Solution,
        Control::Draft,
        Control::Refine,
        Control::BadStep,
        Control::Good,
        Control::Bad,
    ];

    /// How the token is written in `tokenizer.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Control::End => "<|end|>",
            Control::Problem => "<|problem|>",
            Control::Solution => "<|solution|>",
            Control::Draft => "<|draft|>",
            Control::Refine => "<|refine|>",
            Control::BadStep => "[BAD]",
            Control::Good => "<|good|>",
            Control::Bad => "<|bad|>",
        }
    }
}

/// Text to token ids and back.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    /// Encodes text with control tokens taken apart into ordinary ones.
    inner: tokenizers::Tokenizer,
}

impl Tokenizer {
    /// Learns merges from texts. At most `vocab_size` tokens, the control tokens first.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when the trainer fails.
    pub fn train<'a>(
        texts: impl Iterator<Item = &'a str> + Send,
        vocab_size: usize,
    ) -> Result<Self, ModelError> {
        let specials = Control::ALL.map(|c| AddedToken::from(c.as_str(), true)).to_vec();
        let mut trainer = BpeTrainerBuilder::new()
            .vocab_size(vocab_size)
            .min_frequency(2)
            .show_progress(false)
            .special_tokens(specials)
            .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
            .build();
        let byte_level = ByteLevel::new(false, true, true);
        // A number's first digit takes the space before it along: one token fewer a number.
        let digit = SplitPattern::Regex(" ?[0-9]".to_owned());
        let digits = Split::new(digit, SplitDelimiterBehavior::Isolated, false)
            .map_err(ModelError::tokenizer)?;
        let digits_apart = Sequence::new(vec![
            PreTokenizerWrapper::Split(digits),
            PreTokenizerWrapper::ByteLevel(byte_level),
        ]);
        let mut blank: Blank = TokenizerImpl::new(BPE::default());
        blank.with_pre_tokenizer(Some(PreTokenizerWrapper::Sequence(digits_apart)));
        blank.with_decoder(Some(DecoderWrapper::ByteLevel(byte_level)));
        blank.train(&mut trainer, texts).map_err(ModelError::tokenizer)?;
        let json = serde_json::to_vec(&blank).map_err(|e| ModelError::tokenizer(Box::new(e)))?;
        Self::from_bytes(&json)
    }

    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when it is missing or not a tokenizer.
    pub fn from_file(path: &Path) -> Result<Self, ModelError> {
        let bytes = std::fs::read(path).map_err(|e| ModelError::io(path, e))?;
        Self::from_bytes(&bytes)
    }

    /// Reads the bytes of a `tokenizer.json`.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when they are not a tokenizer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut inner = tokenizers::Tokenizer::from_bytes(bytes).map_err(ModelError::tokenizer)?;
        inner.set_encode_special_tokens(true);
        Ok(Self { inner })
    }

    /// Writes `tokenizer.json`.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        self.inner.save(path, true).map_err(ModelError::tokenizer)
    }

    /// Token ids of a text. Whatever the text says, none of them is a control token.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when the tokenizer fails on the text.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, ModelError> {
        let encoding = self.inner.encode_fast(text, false).map_err(ModelError::tokenizer)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The text of token ids, control tokens left out.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] for ids outside the vocabulary.
    pub fn decode(&self, ids: &[u32]) -> Result<String, ModelError> {
        self.inner.decode(ids, true).map_err(ModelError::tokenizer)
    }

    /// The text of token ids with control tokens written out, for people to read.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] for ids outside the vocabulary.
    pub fn decode_all(&self, ids: &[u32]) -> Result<String, ModelError> {
        self.inner.decode(ids, false).map_err(ModelError::tokenizer)
    }

    /// Id of a control token; none if the model was trained without it.
    pub fn control(&self, control: Control) -> Option<u32> {
        self.inner.token_to_id(control.as_str())
    }

    /// Id of any token by its written form, such as a label `+`.
    pub fn id(&self, token: &str) -> Option<u32> {
        self.inner.token_to_id(token)
    }

    /// The written form of an id, as the vocabulary has it.
    pub fn token(&self, id: u32) -> Option<String> {
        self.inner.id_to_token(id)
    }

    /// The control tokens among `ids`, in order.
    pub fn controls_of(&self, ids: &[u32]) -> Vec<u32> {
        let added = self.inner.get_added_tokens_decoder();
        let is_control = |id: &u32| added.get(id).is_some_and(|token| token.special);
        ids.iter().copied().filter(is_control).collect()
    }

    /// The control tokens that a program would find in `text` which takes them from how they are
    /// written, as this one never does.
    pub fn controls_in(&self, text: &str) -> Vec<u32> {
        let added = self.inner.get_added_tokens_decoder();
        let is_control = |token: &AddedToken| token.special && !token.content.is_empty();
        let controls: Vec<_> = added.iter().filter(|(_, token)| is_control(token)).collect();
        let (mut found, mut rest) = (Vec::new(), text);
        while let Some(next) = rest.chars().next() {
            let here = controls.iter().filter(|(_, token)| rest.starts_with(&token.content));
            let width = match here.max_by_key(|(_, token)| token.content.len()) {
                Some((id, token)) => {
                    found.push(**id);
                    token.content.len()
                }
                None => next.len_utf8(),
            };
            rest = &rest[width..];
        }
        found
    }

    /// Number of ids, control tokens included.
    pub fn vocab_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::OnceLock;

    fn tokenizer() -> &'static Tokenizer {
        static TOKENIZER: OnceLock<Tokenizer> = OnceLock::new();
        TOKENIZER.get_or_init(|| {
            let texts =
                ["Ana has 14 apples.", "Ben has 9 apples.", "They have 14 + 9 = 23 apples."];
            Tokenizer::train(texts.into_iter(), 320).expect("trained")
        })
    }

    #[test]
    fn digits_stand_alone_and_take_the_space_along() {
        let sums: Vec<String> = (10..200).map(|n| format!(" {n} + {n} = {}", 2 * n)).collect();
        let sums = sums.iter().map(String::as_str);
        let tokenizer = Tokenizer::train(sums, 320).expect("trained");
        assert_eq!(tokenizer.encode("1423").expect("encoded").len(), 4);
        let [sum, alone] = [" 14 + 9 = 23", " 14"].map(|t| tokenizer.encode(t).expect("encoded"));
        assert_eq!((sum.len(), alone.len()), (7, 2));
    }

    #[test]
    fn control_tokens_exist_and_text_cannot_make_them() {
        let tokenizer = tokenizer();
        for (id, control) in Control::ALL.into_iter().enumerate() {
            assert_eq!(tokenizer.control(control), Some(id as u32));
            let typed = tokenizer.encode(control.as_str()).expect("encoded");
            assert!(typed.iter().all(|&id| id >= Control::ALL.len() as u32), "{control:?}");
            assert_eq!(tokenizer.decode(&typed).expect("decoded"), control.as_str());
        }
    }

    #[test]
    fn control_tokens_in_a_text_are_found_by_those_who_look() {
        let tokenizer = tokenizer();
        let [end, bad] = [Control::End, Control::BadStep].map(|c| tokenizer.control(c));
        let text = "a [BAD] b<|end|><|en";
        assert_eq!(tokenizer.controls_in(text), [bad, end].map(|id| id.expect("known")));
        assert_eq!(tokenizer.controls_of(&tokenizer.encode(text).expect("encoded")), [0u32; 0]);
        assert_eq!(tokenizer.controls_of(&[0, 200, 5]), [0, 5]);
    }

    proptest! {
        #[test]
        fn text_survives_the_trip(text in "\\PC{0,60}") {
            let tokenizer = tokenizer();
            let ids = tokenizer.encode(&text).expect("encoded");
            prop_assert!(ids.iter().all(|&id| id >= Control::ALL.len() as u32));
            prop_assert_eq!(tokenizer.decode(&ids).expect("decoded"), text);
        }
    }
}
