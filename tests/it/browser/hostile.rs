//! Two hundred hostile strings through problems, steps, answers, critiques, corrections, notes and
//! names: nothing of them runs, becomes an element or an attribute, and all of it is shown.

use glore::domain::review::{Action, Edit, QueueSettings};
use glore::domain::{Run, SolutionKind};
use serde_json::{Value, json};

use super::driver::Browser;
use super::site::Site;
use crate::app::TestApp;
use crate::pages::samples;
use crate::review::{act, next, only_random, queue};

/// What would leave a mark if it ran.
const MARK: &str = "window.hit=1";
/// Elements and attributes that would run it.
const BAITS: [&str; 20] = [
    "<script>MARK</script>",
    "</script><script>MARK</script>",
    "<img src=x onerror=MARK>",
    "<svg onload=MARK></svg>",
    "<svg><script>MARK</script></svg>",
    "<math><mi xlink:href=javascript:MARK>x</mi></math>",
    "<a href=javascript:MARK autofocus onfocus=MARK>x</a>",
    "<iframe srcdoc='<script>parent.MARK</script>'></iframe>",
    "<body onload=MARK>",
    "<details open ontoggle=MARK>x</details>",
    "<b hx-get=/livez hx-trigger=load hx-on:htmx:load=MARK>x</b>",
    "<b hx-post=/theme hx-trigger='load, every 1s' data-hx-on=MARK>x</b>",
    "<form action=javascript:MARK><button autofocus>x</button></form>",
    "<input autofocus onfocus=MARK>",
    "<style>*{background:url(javascript:MARK)}</style>",
    "<base href=//elsewhere.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:MARK'>",
    "<template><script>MARK</script></template>",
    "<object data=javascript:MARK></object>",
    "<noscript><p title='</noscript><img src=x onerror=MARK>'></noscript>",
];
/// Around them: ways out of a text, an attribute, a comment, a template, and letters that mislead.
const AROUND: [(&str, &str); 10] = [
    ("", ""),
    ("\">", "<i x=\""),
    ("'>", "<i x='"),
    ("-->", "<!--"),
    ("]]>", "<![CDATA["),
    ("{{ 7 * 7 }} {% raw %}", "{{ constructor.constructor('MARK')() }}"),
    ("\u{202e}\u{2066}", "\u{2069}\u{202c}"),
    ("\u{200b}\u{feff}", "\u{200d}\u{ad}"),
    ("</textarea></title></p>", "&lt;b&gt;&#60;b&#62;"),
    (
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "\\\"\\'`",
    ),
];

fn hostile() -> Vec<String> {
    let all = AROUND.iter().flat_map(|(before, after)| {
        BAITS.iter().map(move |bait| format!("{before}{bait}{after}").replace("MARK", MARK))
    });
    all.collect()
}

/// A run in which every text is one of these.
fn run(texts: &[String]) -> Run {
    let steps: Vec<(&str, f64)> = texts.iter().map(|text| (text.as_str(), 0.4)).collect();
    let draft = samples::solution(SolutionKind::Draft, &steps, Some(&texts[0]), 0.4);
    Run { notes: texts.to_vec(), ..samples::run(&texts.join("\n"), Some(&texts[1]), vec![draft]) }
}

/// What ran, and what of the strings became an element or an attribute.
const HARM: &str = "
    const harm = window.hit ? ['it ran'] : [];
    const ours = ['news', 'every 2s'];
    for (const element of document.querySelectorAll('*')) {
      if (element.matches('main :is(script, style, iframe, object, base, meta, template, noscript)'))
        harm.push(element.outerHTML);
      for (const { name, value } of element.attributes) {
        const leads = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'hx-get', 'hx-post'];
        if (name.startsWith('on') || name.includes('hx-on') || name === 'srcdoc' || name === 'style'
          || (name === 'hx-trigger' && !ours.includes(value))
          || (leads.includes(name) && !/^[/?#]/.test(value)) || value.startsWith('//'))
          harm.push(element.tagName + ' ' + name + '=' + value);
      }
    }
    return harm;";

struct Checked {
    pages: usize,
    harm: Vec<String>,
}

async fn check(
    browser: &Browser,
    site: &Site,
    path: &str,
    shown: &[String],
    checked: &mut Checked,
) {
    browser.go(&site.at(path)).await;
    if let Some(said) = browser.dialogue().await {
        checked.harm.push(format!("{path}: a dialogue: {said}"));
        return;
    }
    for harm in browser.script(HARM).await.as_array().into_iter().flatten() {
        checked.harm.push(format!("{path}: {harm}"));
    }
    let texts = "return document.body.textContent + [...document.querySelectorAll('textarea, input')]\
                 .map((field) => field.value).join('\\n')";
    let page = browser.script(texts).await;
    let page = page.as_str().expect("a text");
    for text in shown.iter().filter(|text| !page.contains(text.as_str())) {
        checked.harm.push(format!("{path}: does not show {text:?}"));
    }
    let refused = browser.log("browser").await;
    let refused: Vec<&Value> = refused.iter().map(|entry| &entry["message"]).collect();
    if !refused.is_empty() {
        checked.harm.push(format!("{path}: console {refused:?}"));
    }
    checked.pages += 1;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn two_hundred_hostile_strings_stay_text() {
    let texts = hostile();
    assert_eq!(texts.len(), 200);
    let app = TestApp::new().await;
    let site = Site::of(app).await;
    let store = &site.app.app.store;
    let browser = Browser::open().await;
    let mut checked = Checked { pages: 0, harm: Vec::new() };
    for part in texts.chunks(20) {
        let run = run(part);
        let name: String = part[1].chars().take(80).collect();
        let settings = QueueSettings { name: name.clone(), ..only_random() };
        let queue = queue(store, &settings).await;
        store.runs().insert(&run).await.expect("stored");
        let now = site.app.app.clock.now();
        let item = next(store, queue, "local", now).await.expect("an item");
        for (nth, text) in part.iter().enumerate() {
            let (step, text) = (nth + 1, text.clone());
            let critique = Edit::Critique { step, text: text.clone() };
            for edit in [critique, Edit::Correct { step, text }] {
                act(store, item, "local", Action::Edit(edit), now).await;
            }
        }
        let id = run.id;
        for view in ["side", "unified", "changes"] {
            check(&browser, &site, &format!("/runs/{id}?view={view}"), part, &mut checked).await;
        }
        check(&browser, &site, &format!("/?from={id}"), &[], &mut checked).await;
        check(&browser, &site, &format!("/runs/{id}/flag"), &[], &mut checked).await;
        check(&browser, &site, &format!("/review/items/{item}"), part, &mut checked).await;
        check(&browser, &site, &format!("/review/queues/{queue}"), &[name], &mut checked).await;
        check(&browser, &site, &format!("/review/queues/{queue}/settings"), &[], &mut checked)
            .await;
        let title: String = part[3].chars().take(60).collect();
        let asked = json!({ "problems": [{ "problem": part[2] }], "name": title });
        let batch = site.app.post("/v1/batches", asked).await.json();
        let batch = batch["id"].as_str().map_or_else(|| panic!("{batch}"), str::to_owned);
        check(&browser, &site, &format!("/batches/{batch}"), &[title], &mut checked).await;
    }
    for list in ["/runs", "/review", "/batches", "/review/quality", "/review/export"] {
        check(&browser, &site, list, &[], &mut checked).await;
    }
    println!("200 strings on {} pages: {} faults", checked.pages, checked.harm.len());
    assert!(checked.harm.is_empty(), "{:#?}", checked.harm);
}
