//! Builds one engine.

use std::path::PathBuf;

use mistralrs::{
    DeviceMapSetting, GgufModelBuilder, IsqType, Model, ModelDType, TextModelBuilder, TokenSource,
};

use super::ask;
use super::turns::{GPU, Party, Turn};
use crate::config::{Dtype, Quantisation};
use crate::domain::Role;
use crate::engine::EngineError;
use crate::engine::plan::{Place, Plan};

/// More than ever run at once; the pool is what bounds them.
const MOST_SEQUENCES: usize = 64;

/// How a model is built; again, if its engine dies.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) role: Role,
    path: PathBuf,
    place: Place,
    dtype: Dtype,
    quantisation: Option<Quantisation>,
    /// The token that ends a text: known to the engine as its only stop token.
    pub(super) halt: u32,
    /// On a GPU engines take turns.
    party: Option<Party>,
}

impl Recipe {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            role: plan.description.role,
            path: plan.checkpoint.path.clone(),
            place: plan.place,
            dtype: plan.dtype,
            quantisation: plan.quantisation,
            halt: plan.description.end.first().copied().unwrap_or_default(),
            party: matches!(plan.place, Place::Cuda(_)).then(Party::new),
        }
    }

    /// Waits until an engine of this recipe may compute. The turn lasts until the engine has
    /// forgotten the request.
    pub(super) async fn turn(&self) -> Option<Turn> {
        match self.party {
            Some(party) => Some(GPU.take(party).await),
            None => None,
        }
    }

    /// Builds the engine and tries it out. Blocks.
    ///
    /// On a thread of its own: mistral.rs leaves adapters and quantisation settings behind in
    /// thread-local variables, and the next model loaded on that thread would get them. On a
    /// runtime of one thread: on another it would answer "hello" first.
    pub(super) fn build(&self) -> Result<Model, EngineError> {
        let recipe = self.clone();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|e| e.to_string())?;
            runtime.block_on(async {
                // Loading counts as computing: it has crashed in a library of the GPU.
                let _turn = recipe.turn().await;
                let model = recipe.start().await?;
                ask::try_out(&model, recipe.role.is_reward(), recipe.halt).await?;
                Ok(model)
            })
        };
        std::thread::Builder::new()
            .name(format!("load-{}", self.role))
            .spawn(work)
            .map_err(|e| e.to_string())
            .and_then(|thread| thread.join().unwrap_or_else(|panic| Err(message(&*panic))))
            .map_err(|reason| EngineError::CannotLoad {
                role: self.role,
                path: self.path.clone(),
                reason,
            })
    }

    async fn start(&self) -> Result<Model, String> {
        // A path that does not exist would be looked up on a hub.
        if !self.path.exists() {
            return Err("it is no longer there".to_owned());
        }
        match self.path.extension() {
            Some(extension) if extension == "gguf" => self.gguf().await,
            _ => self.folder().await,
        }
    }

    async fn folder(&self) -> Result<Model, String> {
        let dtype = match (self.dtype, self.place) {
            // Its own choice on a CPU would be f16.
            (Dtype::Auto, Place::Cpu) | (Dtype::F32, _) => ModelDType::F32,
            (Dtype::Auto, Place::Cuda(_)) | (Dtype::Bf16, _) => ModelDType::BF16,
            (Dtype::F16, _) => ModelDType::F16,
        };
        let isq = self.quantisation.map(|quantisation| match quantisation {
            Quantisation::Q4k => IsqType::Q4K,
            Quantisation::Q5k => IsqType::Q5K,
            Quantisation::Q6k => IsqType::Q6K,
            Quantisation::Q8_0 => IsqType::Q8_0,
        });
        match self.place {
            Place::Cpu => {
                let mut builder = TextModelBuilder::new(self.path.display())
                    .with_token_source(TokenSource::None)
                    .with_force_cpu()
                    .with_dtype(dtype)
                    .with_device_mapping(DeviceMapSetting::dummy())
                    .with_prefix_cache_n(None)
                    .with_max_num_seqs(MOST_SEQUENCES);
                if let Some(isq) = isq {
                    builder = builder.with_isq(isq);
                }
                builder.build().await.map_err(|e| format!("{e:#}"))
            }
            #[cfg(feature = "cuda")]
            Place::Cuda(number) => {
                // The text builder ignores the device it is given; this one does not.
                let device = mistralrs::Device::new_cuda(number)
                    .map_err(|e| format!("cuda:{number}: {e}"))?;
                let mut builder = mistralrs::ModelBuilder::new(self.path.display())
                    .with_device(device)
                    .with_token_source(TokenSource::None)
                    .with_dtype(dtype)
                    .with_device_mapping(DeviceMapSetting::dummy())
                    .with_prefix_cache_n(None)
                    .with_max_num_seqs(MOST_SEQUENCES);
                if let Some(isq) = isq {
                    builder = builder.with_isq(isq);
                }
                builder.build().await.map_err(|e| format!("{e:#}"))
            }
            #[cfg(not(feature = "cuda"))]
            Place::Cuda(number) => Err(format!("cuda:{number} needs the `cuda` feature")),
        }
    }

    async fn gguf(&self) -> Result<Model, String> {
        let (Some(folder), Some(file)) = (self.path.parent(), self.path.file_name()) else {
            return Err("is not a file in a folder".to_owned());
        };
        if self.quantisation.is_some() {
            return Err("a GGUF file is quantised already; remove quantisation".to_owned());
        }
        let mut builder =
            GgufModelBuilder::new(folder.display(), vec![file.to_string_lossy().into_owned()])
                .with_tok_model_id(folder.display())
                .with_token_source(TokenSource::None)
                .with_device_mapping(DeviceMapSetting::dummy())
                .with_prefix_cache_n(None)
                .with_max_num_seqs(MOST_SEQUENCES);
        match self.place {
            Place::Cpu => builder = builder.with_force_cpu(),
            // Its builder takes no device and always uses the first.
            Place::Cuda(0) => {}
            Place::Cuda(_) => return Err("a GGUF file can only run on cpu or cuda:0".to_owned()),
        }
        builder.build().await.map_err(|e| format!("{e:#}"))
    }
}

/// What a panic said.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!("mistral.rs panicked: {}", said.unwrap_or("no message"))
}
