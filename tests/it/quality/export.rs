//! `GET /v1/annotations/export`, its manifest, and the page.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Review;

/// One item with two people, one decided, one with one person.
async fn reviewed() -> (Review, Vec<String>) {
    let mut review = Review::new().await;
    let mut items = Vec::new();
    let rows: [&[&[i64]]; 3] =
        [&[&[1, -1, 9], &[1, 1, -1]], &[&[1, 1, 1], &[1, 0, 1]], &[&[1, 8, 1]]];
    for (i, people) in rows.iter().enumerate() {
        let (item, run) = review.item(&format!("Problem {i}?")).await;
        for (values, (person, choice)) in people.iter().zip([("ann", Some(1)), ("bob", None)]) {
            review.hand_in((&item, &run), person, values, choice).await;
        }
        items.push(item);
    }
    let ids: Vec<String> = review
        .app
        .app
        .store
        .quality()
        .item(&items[0])
        .await
        .expect("read")
        .expect("there")
        .submissions
        .iter()
        .map(|s| s.id.clone())
        .collect();
    let decided =
        format!("seen={}&outcome=rated&rating-1=good&rating-2=wrong&rating-3=", ids.join("+"));
    let path = format!("/review/adjudicate/{}", items[0]);
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(review.app.post_raw(&path, kind, decided).await.status, 303);
    (review, items)
}

async fn lines(review: &Review, query: &str) -> Vec<Value> {
    let answer = review.app.get(&format!("/v1/annotations/export{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let text = std::str::from_utf8(&answer.body).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn every_form_has_its_lines() {
    let (review, items) = reviewed().await;
    let trl = lines(&review, "").await;
    let labels: Vec<&Value> = trl.iter().map(|line| &line["labels"]).collect();
    assert_eq!(labels, [&json!([true, false]), &json!([true]), &json!([true])]);
    assert_eq!(trl[0]["prompt"], "Problem 0?\n");
    assert_eq!(trl[0]["completions"], json!(["2 + 2 = 4", "4 + 1 = 5"]));
    let prm = lines(&review, "?form=prm800k").await;
    assert_eq!(prm.len(), 5, "a line a submission");
    assert_eq!(prm[4]["label"]["steps"][1]["completions"][0]["flagged"], true);
    assert_eq!(prm[0]["question"]["ground_truth_answer"], "4");
    let pairs = lines(&review, "?form=preference").await;
    assert_eq!(pairs.len(), 3, "three people chose");
    assert_eq!(pairs[0]["chosen"], "2 + 2 = 4\n#### 4");
    let raw = lines(&review, "?form=raw").await;
    assert_eq!(raw.len(), 10);
    assert_eq!((&raw[1]["kind"], &raw[1]["duration_ms"]), (&json!("rate"), &json!(1500)));
    assert_eq!((&raw[1]["sorm"], &raw[1]["served"]["rule"]), (&json!(0.4), &json!("random")));
    assert_eq!(raw[1]["item"], items[0].as_str());
}

#[tokio::test]
async fn filters_and_options_are_kept_to() {
    let (review, items) = reviewed().await;
    assert_eq!(lines(&review, "?resolve=adjudicated").await.len(), 1);
    assert_eq!(lines(&review, "?min_annotations=2").await.len(), 2);
    assert_eq!(lines(&review, "?only_verified=true").await.len(), 1, "the decided one");
    let after = lines(&review, "?after_first_error=false").await;
    assert_eq!(after[0]["labels"], json!([true, false, false]));
    assert_eq!(lines(&review, "?unrated=drop_item").await.len(), 1);
    let rest = lines(&review, &format!("?after={}", items[0])).await;
    assert_eq!(rest.len(), 2, "goes on after an item");
    assert_eq!(lines(&review, &format!("?queue={}", review.queue)).await.len(), 3);

    let refused =
        async |query: &str| review.app.get(&format!("/v1/annotations/export{query}")).await;
    refused("?queue=que_none").await.problem(404, "not_found");
    refused("?form=csv").await.problem(422, "invalid_request");
    refused("?min_annotations=1000").await.blames("/min_annotations", "out_of_range");
    refused("?after=x").await.blames("/after", "wrong_value");
    refused("?form=raw&after=itm_x").await.blames("/after", "wrong_value");
    refused("?form=labels&after=itm_x").await.blames("/after", "wrong_value");
    refused("?colour=red").await.problem(422, "invalid_request");
}

#[tokio::test]
async fn the_manifest_counts_and_hashes_what_is_sent() {
    let (review, _) = reviewed().await;
    for form in ["trl", "prm800k", "raw", "preference", "labels"] {
        let sent = review.app.get(&format!("/v1/annotations/export?form={form}")).await.body;
        let manifest =
            review.app.get(&format!("/v1/annotations/export/manifest?form={form}")).await.ok();
        let hash: String = Sha256::digest(&sent).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(manifest["sha256"], hash.as_str(), "{form}");
        assert_eq!(manifest["bytes"], sent.len());
        assert_eq!(manifest["counts"]["lines"], sent.iter().filter(|b| **b == b'\n').count());
        assert_eq!(
            (&manifest["options"]["form"], &manifest["schema_version"]),
            (&json!(form), &json!(1))
        );
    }
    let manifest = review.app.get("/v1/annotations/export/manifest?only_verified=true").await.ok();
    assert_eq!(manifest["counts"]["left_out"]["not verified"], 2);
    assert_eq!(manifest["counts"]["provenance"]["adjudicated"], 1);
}

#[tokio::test]
async fn the_page_leads_to_the_same_file() {
    let (review, _) = reviewed().await;
    let page = review.app.get(&format!("/review/export?queue={}", review.queue)).await;
    let text = String::from_utf8_lossy(&page.body).into_owned();
    assert!(text.contains("first queue") && text.contains("action=\"/review/export/file\""));
    let sent = "/review/export/file?queue=&form=trl&resolve=majority&neutral=positive\
         &after_first_error=truncate&unrated=truncate&min_annotations=1&only_verified=false";
    let file = review.app.get(sent).await;
    assert!(file.header("content-disposition").contains("annotations-trl.jsonl"));
    assert_eq!(file.body, review.app.get("/v1/annotations/export").await.body);
    // The other button of the form sends the same options.
    assert!(text.contains("formaction=\"/review/export/manifest\""));
    let manifest = review.app.get(&sent.replace("/file?", "/manifest?")).await;
    assert_eq!(
        manifest.header("content-disposition"),
        "attachment; filename=\"annotations-trl.jsonl.manifest.json\""
    );
    let hash: String =
        Sha256::digest(&file.body).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(manifest.ok()["sha256"], hash.as_str());
}
