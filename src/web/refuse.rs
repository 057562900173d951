//! How the errors of other rooms are answered. What a server's operator should know goes to the
//! log; the client is told what it can act on.

use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;

use super::error::RETRY_S;
use super::{Code, Error};
use crate::domain::Invalid;
use crate::engine::EngineError;
use crate::pipeline::PipelineError;
use crate::store::StoreError;

impl From<Invalid> for Error {
    fn from(refused: Invalid) -> Self {
        Self::invalid([refused])
    }
}

impl From<FormRejection> for Error {
    fn from(rejection: FormRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMedia,
            _ => Code::BadRequest,
        };
        Self::new(code, rejection.body_text())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::QueueFull { limit } => {
                Self::new(Code::Overloaded, format!("{limit} runs wait already, the most allowed"))
                    .retry_after(RETRY_S)
            }
            StoreError::NameTaken { .. }
            | StoreError::LastAdmin
            | StoreError::FirstIsAdmin
            | StoreError::TooMany { .. } => Self::new(Code::Refused, error.to_string()),
            StoreError::NoSuch { .. } => Self::new(Code::NotFound, error.to_string()),
            StoreError::Unreadable(_) => {
                Self::new(Code::Internal, "a stored row cannot be read").because(error)
            }
            _ => Self::new(Code::StoreUnavailable, "the store did not answer; try again")
                .because(error),
        }
    }
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        let detail = error.to_string();
        match error {
            EngineError::Overloaded { .. } => {
                Self::new(Code::Overloaded, detail).retry_after(RETRY_S)
            }
            EngineError::TooLong { prompt, max_tokens, context, .. } => {
                Self::new(Code::ContextExceeded, detail)
                    .field("/problem", "too_long", format!("it takes {prompt} of {context} tokens"))
                    .field(
                        "/max_tokens",
                        "too_large",
                        format!("{max_tokens} more do not fit into {context}"),
                    )
            }
            EngineError::BadRequest { .. } => {
                Self::new(Code::BadEngineRequest, "the engine refused the request").because(detail)
            }
            EngineError::NonFiniteLogits { .. } => Self::new(Code::NonFiniteLogits, detail),
            EngineError::Cancelled => Self::new(Code::Cancelled, "the run was cancelled"),
            EngineError::DeadlineExceeded { .. } => Self::new(Code::DeadlineExceeded, detail),
            EngineError::Unavailable { role, .. } => {
                Self::new(Code::EngineUnavailable, format!("the {role} model is not available"))
                    .because(detail)
            }
            EngineError::CannotLoad { role, .. } => {
                Self::new(Code::ModelUnusable, format!("the {role} model cannot be loaded"))
                    .because(detail)
            }
        }
    }
}

impl From<PipelineError> for Error {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::Engine(error) => error.into(),
            PipelineError::Prompt(_) => {
                Self::new(Code::Internal, "a model could not be asked").because(error)
            }
        }
    }
}
