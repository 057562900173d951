//! Looking after the database while a server is at work on it.

use glore::store::{StoreError, Upkeep};
use serde_json::json;

use crate::app::TestApp;

async fn with_a_run() -> TestApp {
    let app = TestApp::new().await;
    let body = json!({"problem": "What is 2 + 2?", "reference_answer": "4"});
    app.post("/v1/solve", body).await.ok();
    app.post("/v1/critique", json!({"problem": "x", "steps": ["1 + 1 = 2"]})).await.ok();
    app
}

#[tokio::test]
async fn a_backup_is_whole_and_never_overwrites() {
    let app = with_a_run().await;
    let place = tempfile::tempdir().expect("a temporary folder");
    let file = place.path().join("monday.db");
    let mut database = Upkeep::reading(app.dir()).await.expect("opened");
    database.backup(&file).await.expect("written");
    let listed = std::fs::read_dir(place.path()).expect("listed").count();
    assert_eq!(listed, 1, "nothing is left beside it");

    // The server goes on; what comes later is not in the copy.
    app.post("/v1/solve", json!({"problem": "What is 3 + 3?"})).await.ok();
    let mut copy = Upkeep::reading_file(&file).await.expect("opened");
    assert_eq!(copy.runs().await.expect("counted"), 2);
    assert_eq!(copy.faults().await.expect("looked"), Vec::<String>::new());
    assert_eq!(copy.wrong_counts().await.expect("counted"), []);
    assert_eq!(copy.schema().await.expect("read"), database.schema().await.expect("read"));

    let before = std::fs::read(&file).expect("read");
    let again = database.backup(&file).await.expect_err("refused");
    assert!(matches!(again, StoreError::Exists { .. }), "{again}");
    assert_eq!(std::fs::read(&file).expect("read"), before);
    let nowhere = database.backup(&place.path().join("none/x.db")).await.expect_err("refused");
    assert!(matches!(nowhere, StoreError::Copy { .. }), "{nowhere}");
}

#[tokio::test]
async fn a_backup_put_in_place_is_a_store_again() {
    let app = with_a_run().await;
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut database = Upkeep::reading(app.dir()).await.expect("opened");
    database.backup(&place.path().join("glore.db")).await.expect("written");
    let restored = glore::store::Store::open(place.path()).await.expect("a store");
    let runs = restored.runs().list(&Default::default(), None, 9).await.expect("listed");
    assert_eq!(runs.data.len(), 2);
}
