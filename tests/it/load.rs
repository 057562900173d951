//! Models that cannot be used are refused before they run, with the file and what is wrong.

use std::path::Path;

use glore::config::{Config, EngineKind, ScoreFormat};
use glore::domain::{Probability, Role, Threshold, ThresholdSource};
use glore::engine::{EngineError, plan};
use glore::model::{Card, PROMPT_VERSION};
use tempfile::TempDir;

use crate::tiny::{self, Architecture, Values};

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    tiny::write(folder.path(), Architecture::Llama, 1);
    folder
}

fn config(folder: &Path) -> Config {
    tiny::config(folder, EngineKind::Batch)
}

/// What `plan` says of the folder after `spoil`.
fn refusal(spoil: impl FnOnce(&Path)) -> String {
    let folder = folder();
    spoil(folder.path());
    let error = plan(&config(folder.path())).expect_err("refused");
    assert!(matches!(error, EngineError::CannotLoad { .. }), "{error}");
    assert_eq!(error.code(), "model_unusable");
    error.to_string()
}

fn remove(name: &'static str) -> impl FnOnce(&Path) {
    move |folder| std::fs::remove_file(folder.join(name)).expect("removed")
}

fn edit(name: &'static str, from: &'static str, to: &'static str) -> impl FnOnce(&Path) {
    move |folder| {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).expect("read");
        assert!(text.contains(from), "{from} in {text}");
        std::fs::write(path, text.replace(from, to)).expect("written");
    }
}

fn spoil_tensor(name: &'static str, spoil: fn(&mut Values)) -> impl FnOnce(&Path) {
    move |folder| {
        tiny::write_changed(folder, Architecture::Llama, 1, |tensors| {
            spoil(tensors.get_mut(name).expect("the tensor"));
        });
    }
}

fn card(role: Role) -> Card {
    let sorm = Probability::new(0.37).expect("in range");
    Card {
        role,
        prompt_version: PROMPT_VERSION,
        parameters: 1,
        labels: None,
        threshold: Some(Threshold { sorm, source: ThresholdSource::Validation }),
        made: serde_json::Value::Null,
    }
}

#[test]
fn a_model_of_another_prompt_version_is_refused() {
    let old = Card { prompt_version: PROMPT_VERSION - 1, ..card(Role::Policy) };
    let error = refusal(|folder| old.write(folder).expect("card"));
    assert!(error.contains("glore.json") && error.contains("version 1 of the prompts"), "{error}");
}

#[test]
fn a_whole_folder_is_described() {
    let folder = folder();
    let plans = plan(&config(folder.path())).expect("usable");
    let roles: Vec<_> = plans.iter().map(|plan| plan.description.role).collect();
    assert_eq!(roles, Role::ALL);
    let sorm = &plans[2].description;
    assert_eq!((sorm.hash.len(), sorm.context_length), (64, tiny::CONTEXT));
    assert_eq!(sorm.threshold.map(|t| t.source), Some(ThresholdSource::Default));
    assert!(sorm.labels.is_some() && plans[0].description.labels.is_none());
    assert_eq!(plans[0].description.end.len(), 1);
}

#[test]
fn files_that_are_missing_are_named() {
    assert!(refusal(|f| std::fs::remove_dir_all(f).expect("removed")).contains("no such folder"));
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        let said = refusal(remove(name));
        assert!(said.contains(name) && said.contains("missing"), "{said}");
    }
}

#[test]
fn files_that_are_damaged_are_named() {
    let said = refusal(|f| std::fs::write(f.join("config.json"), "{").expect("written"));
    assert!(said.contains("config.json"), "{said}");
    let cut = |length: fn(usize) -> usize| {
        refusal(|f| {
            let path = f.join("model.safetensors");
            let bytes = std::fs::read(&path).expect("read");
            std::fs::write(path, &bytes[..length(bytes.len())]).expect("written");
        })
    };
    for said in [cut(|n| n - 100), cut(|_| 300), cut(|_| 4), cut(|_| 0)] {
        assert!(said.contains("model.safetensors"), "{said}");
    }
    assert!(cut(|n| n - 100).contains("its header speaks of"));
    let said = refusal(|f| std::fs::write(f.join("tokenizer.json"), "[]").expect("written"));
    assert!(said.contains("tokenizer.json"), "{said}");
}

#[test]
fn other_architectures_and_other_shapes_are_refused() {
    let said = refusal(edit("config.json", "LlamaForCausalLM", "MambaForCausalLM"));
    assert!(said.contains("MambaForCausalLM") && said.contains("Qwen2ForCausalLM"), "{said}");
    let said = refusal(edit("config.json", "\"intermediate_size\":96", "\"intermediate_size\":97"));
    assert!(said.contains("mlp.") && said.contains("97") && said.contains("96"), "{said}");
    let said = refusal(edit("config.json", "\"num_hidden_layers\":2", "\"num_hidden_layers\":3"));
    assert!(said.contains("model.layers.2.") && said.contains("missing"), "{said}");
    let said =
        refusal(edit("config.json", "\"num_attention_heads\":4", "\"num_attention_heads\":0"));
    assert!(said.contains("config.json"), "{said}");
}

#[test]
fn weights_that_are_not_numbers_are_refused_by_tensor() {
    let spoils: [fn(&mut Values); 2] =
        [|tensor| tensor.1[3] = f32::NAN, |tensor| tensor.1[70] = f32::INFINITY];
    for spoil in spoils {
        let said = refusal(spoil_tensor("model.layers.1.mlp.up_proj.weight", spoil));
        assert!(said.contains("model.layers.1.mlp.up_proj.weight"), "{said}");
        assert!(said.contains("NaN or infinity"), "{said}");
    }
}

#[test]
fn a_tokenizer_must_fit_the_model() {
    let smaller = |folder: &Path| {
        spoil_tensor("model.embed_tokens.weight", |tensor| {
            tensor.0[0] = 100;
            tensor.1.truncate(100 * tiny::HIDDEN);
        })(folder);
        let path = folder.join("config.json");
        let text = std::fs::read_to_string(&path).expect("read");
        let size = format!("\"vocab_size\":{}", tiny::tokenizer().vocab_size());
        std::fs::write(path, text.replace(&size, "\"vocab_size\":100")).expect("written");
    };
    let said = refusal(smaller);
    assert!(said.contains("tokenizer.json") && said.contains("only 100"), "{said}");
    let said = refusal(|folder| {
        card(Role::Policy).write(folder).expect("card");
        edit("tokenizer.json", "<|refine|>", "<|rewrite|>")(folder);
    });
    assert!(said.contains("no control token <|refine|>"), "{said}");
}

#[test]
fn stray_files_that_would_be_read_are_refused() {
    for name in ["params.json", "adapter_model.safetensors"] {
        let said = refusal(|folder| std::fs::write(folder.join(name), "{}").expect("written"));
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn gguf_files_are_checked_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tiny.gguf");
    let said = || plan(&config(&file)).expect_err("refused").to_string();
    assert!(said().contains("no such file"), "{}", said());
    std::fs::write(&file, "GGUX").expect("written");
    assert!(said().contains("is not a GGUF file"), "{}", said());
    tiny::write_gguf(&file, 1);
    plan(&config(&file)).expect("usable");
    let bytes = std::fs::read(&file).expect("read");
    std::fs::write(&file, &bytes[..bytes.len() - 4000]).expect("written");
    assert!(said().contains("is cut off"), "{}", said());
    std::fs::write(&file, bytes).expect("written");
    std::fs::remove_file(folder.path().join("tokenizer.json")).expect("removed");
    assert!(said().contains("tokenizer.json") && said().contains("missing"), "{}", said());
}

#[test]
fn a_threshold_says_where_it_comes_from() {
    let folder = folder();
    card(Role::Sorm).write(folder.path()).expect("card");
    let mut config = config(folder.path());
    let threshold = |config: &Config| {
        let plans = plan(config).expect("usable");
        plans[2].description.threshold.map(|t| (t.sorm.get(), t.source))
    };
    assert_eq!(threshold(&config), Some((0.37, ThresholdSource::Validation)));
    config.models.get_mut(&Role::Sorm).expect("sorm").threshold = Some(0.8);
    assert_eq!(threshold(&config), Some((0.8, ThresholdSource::Configuration)));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let folder = folder();
    let refused = |change: fn(&mut glore::config::ModelSource)| {
        let mut config = config(folder.path());
        change(config.models.get_mut(&Role::Orm).expect("orm"));
        plan(&config).expect_err("refused").to_string()
    };
    assert!(
        refused(|orm| orm.labels = Some(["+".into(), "no such token".into()])).contains("label")
    );
    assert!(refused(|orm| orm.labels = Some(["+".into(), "+".into()])).contains("same token"));
    assert!(refused(|orm| orm.score_format = ScoreFormat::StepTag).contains("step_tag"));
    assert!(refused(|orm| orm.device = "tpu".into()).contains("tpu"));
    assert!(refused(|orm| orm.dtype = glore::config::Dtype::Bf16).contains("bf16"));
}
