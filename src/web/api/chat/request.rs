//! From a conversation to an order.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::served::{Served, served};
use crate::config::Limits;
use crate::domain::{Invalid, Problem, RunId};
use crate::pipeline::{Ask, Order};
use crate::web::Error;
use crate::web::api::settings::{Wanted, settings};

/// What a client sends. Fields that are not named here are let through and mean nothing: clients
/// send many.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ChatRequest {
    /// A name of `/v1/models`.
    #[schema(example = "glore")]
    model: String,
    /// The last one with the role `user` is the problem; the others are not looked at.
    #[schema(min_items = 1)]
    messages: Vec<Message>,
    #[schema(minimum = 0, maximum = 2)]
    temperature: Option<f64>,
    /// The older name of `max_completion_tokens`.
    #[schema(minimum = 1)]
    max_tokens: Option<usize>,
    /// Of each solution.
    #[schema(minimum = 1)]
    max_completion_tokens: Option<usize>,
    seed: Option<u64>,
    /// 1 and nothing else: there is one chosen solution.
    #[schema(minimum = 1, maximum = 1)]
    n: Option<u64>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    /// Held to its type, and not kept.
    #[serde(rename = "user")]
    _user: Option<String>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ChatStreamOptions)]
struct StreamOptions {
    include_usage: Option<bool>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ChatMessage)]
struct Message {
    role: Author,
    /// A text, or a list of parts with the type `text`. Looked at only where it is the problem.
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    content: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = ChatAuthor)]
#[serde(rename_all = "snake_case")]
enum Author {
    System,
    Developer,
    User,
    Assistant,
    Tool,
    Function,
}

impl ChatRequest {
    pub(super) fn is_streamed(&self) -> bool {
        self.stream == Some(true)
    }

    pub(super) fn wants_usage(&self) -> bool {
        self.stream_options.as_ref().is_some_and(|options| options.include_usage == Some(true))
    }

    /// The order it stands for, and the model that was asked.
    ///
    /// # Errors
    /// A model that is not served, or every field that cannot be used, by name.
    pub(super) fn order(&self, limits: &Limits) -> Result<(&'static Served, Order), Error> {
        let served = served(&self.model, limits)
            .map_err(|refusal| refusal.field("/model", "model_not_found", "not served"))?;
        let mut refused = Vec::new();
        let problem = problem(&self.messages).map_err(|invalid| refused.push(invalid)).ok();
        let wanted = Wanted {
            strategy: served.strategy,
            samples: served.samples,
            temperature: self.temperature,
            max_tokens: self.max_completion_tokens.or(self.max_tokens),
            seed: self.seed,
            gate: None,
        };
        let settings = settings(wanted, limits).map_err(|invalid| refused.extend(invalid)).ok();
        self.check_the_rest(&mut refused);
        match (problem, settings) {
            (Some(problem), Some(settings)) if refused.is_empty() => {
                let ask = Ask::Solve { strategy: served.strategy };
                Ok((served, Order { id: RunId::new(), problem, ask, settings }))
            }
            _ => Err(Error::invalid(refused)),
        }
    }

    fn check_the_rest(&self, refused: &mut Vec<Invalid>) {
        if self.max_completion_tokens.is_some() {
            let ours = |invalid: &&mut Invalid| invalid.pointer == "/max_tokens";
            if let Some(invalid) = refused.iter_mut().find(ours) {
                invalid.pointer = "/max_completion_tokens".to_owned();
            }
            if self.max_tokens.is_some() {
                let detail = "max_completion_tokens says the same; send one of them";
                refused.push(Invalid::new("/max_tokens", "exclusive", detail));
            }
        }
        if let Some(n) = self.n.filter(|n| *n != 1) {
            let detail = format!("must be 1, {n} was given: there is one chosen solution");
            refused.push(Invalid::new("/n", "out_of_range", detail));
        }
    }
}

/// The last thing the user said.
fn problem(messages: &[Message]) -> Result<Problem, Invalid> {
    let last = messages.iter().enumerate().rfind(|(_, message)| message.role == Author::User);
    let Some((index, message)) = last else {
        let detail = "a message of the role user is needed: the last one is the problem";
        return Err(Invalid::new("/messages", "no_user_message", detail));
    };
    let pointer = format!("/messages/{index}/content");
    let text = text(&message.content, &pointer)?;
    Problem::parse(&text, None).map_err(|invalid| Invalid { pointer, ..invalid })
}

/// A text, or the lines of a list of text parts.
fn text(content: &Value, pointer: &str) -> Result<String, Invalid> {
    match content {
        Value::String(text) => Ok(text.clone()),
        Value::Array(parts) => {
            let text = |(index, part): (usize, &Value)| match (&part["type"], &part["text"]) {
                (Value::String(kind), Value::String(text)) if kind == "text" => Ok(text.clone()),
                (kind, _) => {
                    let shown: String = kind.to_string().chars().take(40).collect();
                    let detail = format!(
                        "a part must be {{\"type\": \"text\", \"text\": …}}, its type is {shown}"
                    );
                    Err(Invalid::new(format!("{pointer}/{index}"), "not_text", detail))
                }
            };
            let texts: Result<Vec<String>, Invalid> = parts.iter().enumerate().map(text).collect();
            Ok(texts?.join("\n"))
        }
        _ => {
            let detail = "must be a text or a list of text parts";
            Err(Invalid::new(pointer, "wrong_type", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(messages: Value) -> Result<String, (String, &'static str)> {
        let messages: Vec<Message> = serde_json::from_value(messages).expect("messages");
        let problem = problem(&messages).map(|problem| problem.text().to_owned());
        problem.map_err(|invalid| (invalid.pointer, invalid.code))
    }

    #[test]
    fn the_last_user_message_is_the_problem() {
        let messages = json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "image_url"}]},
            {"role": "assistant", "content": null, "tool_calls": []},
            {"role": "user", "content": " What is 2 + 2? "},
            {"role": "assistant"},
        ]);
        assert_eq!(read(messages), Ok("What is 2 + 2?".to_owned()));
        let parts = json!([{"role": "user", "content": [
            {"type": "text", "text": "Ann has 2."}, {"type": "text", "text": "How many?"}]}]);
        assert_eq!(read(parts), Ok("Ann has 2.\nHow many?".to_owned()));
    }

    #[test]
    fn what_is_no_problem_is_named() {
        let user = |content: Value| read(json!([{"role": "user", "content": content}]));
        let at = |pointer: &str, code| Err((pointer.to_owned(), code));
        assert_eq!(read(json!([])), at("/messages", "no_user_message"));
        assert_eq!(user(json!(7)), at("/messages/0/content", "wrong_type"));
        assert_eq!(user(json!(null)), at("/messages/0/content", "wrong_type"));
        assert_eq!(user(json!(" ")), at("/messages/0/content", "blank"));
        assert_eq!(user(json!([])), at("/messages/0/content", "blank"));
        let parts = json!([{"type": "text", "text": "x"}, {"type": "image_url"}]);
        assert_eq!(user(parts), at("/messages/0/content/1", "not_text"));
        assert_eq!(user(json!(["x"])), at("/messages/0/content/0", "not_text"));
    }
}
