//! Theme, files and colours.

use axum::body::Body;
use axum::http::{Request, header};

use super::{css, html, one, post_form};
use crate::app::TestApp;

#[tokio::test]
async fn the_theme_is_rendered_by_the_server() {
    let app = TestApp::new().await;
    let answer = post_form(&app, "/theme", "theme=dark&back=%2Fruns%3Fq%3Da").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/runs?q=a"));
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let request = Request::get("/lab").header(header::COOKIE, cookie);
    let page = html(&app.send(request.body(Body::empty()).expect("a request")).await);
    assert_eq!(page.select(&css("html[data-theme=dark]")).count(), 1);
    assert_eq!(one(&page, "[aria-pressed=true]"), "dark");
    let away = post_form(&app, "/theme", "theme=light&back=%2F%2Fevil.example").await;
    assert_eq!(away.header("location"), "/");
}

#[tokio::test]
async fn files_are_kept_for_ever_under_their_hash() {
    let app = TestApp::new().await;
    let page = html(&app.get("/").await);
    let style = page.select(&css("link[rel=stylesheet]")).next().and_then(|e| e.attr("href"));
    let answer = app.get(style.expect("a style")).await;
    assert!(answer.status.is_success());
    assert!(answer.header("cache-control").contains("immutable"));
    assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
    for nowhere in
        ["/static/000000000000/glore.css", "/static/x/../Cargo.toml", "/static/x/none.js"]
    {
        assert_eq!(app.get(nowhere).await.status.as_u16(), 404, "{nowhere}");
    }
    assert_eq!(app.get("/").await.header("cache-control"), "private, no-cache");
}

/// Relative luminance of `#RRGGBB` (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let byte = u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal");
        let c = f64::from(byte) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn colours_can_be_told_from_their_ground_in_both_themes() {
    let style = include_str!("../../../static/glore.css");
    let token = |name: &str, theme: usize| {
        let line =
            style.lines().find(|line| line.trim().starts_with(&format!("--{name}: light-dark(")));
        let pair = line.and_then(|line| line.split(['(', ')']).nth(1)).expect("a pair of colours");
        pair.split(", ").nth(theme).expect("two colours").to_owned()
    };
    let contrast = |a: &str, b: &str, theme| {
        let (a, b) = (luminance(&token(a, theme)), luminance(&token(b, theme)));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    for theme in [0, 1] {
        for text in ["text", "quiet", "accent", "high", "mid", "low"] {
            for ground in ["ground", "raised"] {
                assert!(contrast(text, ground, theme) >= 4.5, "{text} on {ground}, theme {theme}");
            }
        }
        for tint in ["added", "removed"] {
            assert!(contrast("text", tint, theme) >= 4.5, "{tint}, theme {theme}");
            assert!(
                contrast(if tint == "added" { "high" } else { "low" }, tint, theme) >= 4.5,
                "{tint}"
            );
        }
        for shape in ["edge", "high-bar", "low-bar"] {
            assert!(contrast(shape, "ground", theme) >= 3.0, "{shape}, theme {theme}");
        }
        assert!(contrast("on-accent", "accent", theme) >= 4.5);
    }
}
