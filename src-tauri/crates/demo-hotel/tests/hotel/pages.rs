//! The list: its order and its pages of ten.

use demo_hotel::Clock;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::common::{Desk, id, options};

fn titles(page: &Value) -> Vec<&str> {
    page["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|offer| offer["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn twenty_three_offers_are_three_pages_linked_to_each_other() {
    let desk = Desk::open(23).await;
    let base = format!("{}/staff/hotel/killarney/offers/", desk.hotel.api_url());
    let mut ids = Vec::new();
    for (below, count, next, previous) in [
        ("", 10, Some("?page=2"), None),
        ("?page=2", 10, Some("?page=3"), Some("")),
        ("?page=3", 3, None, Some("?page=2")),
    ] {
        let (status, page) = desk.get(below).await;
        let link = |below: Option<&str>| below.map(|below| format!("{base}{below}"));
        assert_eq!((status.as_u16(), &page["count"]), (200, &json!(23)));
        assert_eq!(page["next"], json!(link(next)), "{below}");
        assert_eq!(page["previous"], json!(link(previous)), "{below}");
        let results = page["results"].as_array().unwrap();
        assert_eq!(results.len(), count, "{below}");
        ids.extend(results.iter().map(id));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 23, "every offer once");
    assert_eq!(desk.control.look(|seen| seen.list_reads), 3);
    desk.close().await;
}

#[tokio::test]
async fn a_page_past_the_end_is_not_found_and_page_size_is_ignored() {
    let desk = Desk::open(11).await;
    for below in ["?page=3", "?page=0", "?page=-1", "?page=x", "?page="] {
        let (status, body) = desk.get(below).await;
        assert_eq!(
            (status.as_u16(), body),
            (404, json!({"detail": "Invalid page."})),
            "{below}"
        );
    }
    let (_, page) = desk.get("?page_size=100").await;
    assert_eq!(page["results"].as_array().unwrap().len(), 10);
    assert!(
        page["next"].as_str().unwrap().ends_with("?page_size=100&page=2"),
        "{}",
        page["next"]
    );
    desk.close().await;
}

#[tokio::test]
async fn no_offers_are_one_empty_page() {
    let desk = Desk::open(0).await;
    let (status, page) = desk.get("").await;
    let empty = json!({"count": 0, "next": null, "previous": null, "results": []});
    assert_eq!((status.as_u16(), page), (200, empty));
    desk.close().await;
}

#[tokio::test]
async fn sort_order_comes_first_then_the_newest() {
    let clock = Clock::stopped_at("2026-11-22T12:00:00Z".parse().unwrap());
    let desk = Desk::start(demo_hotel::Options {
        clock: clock.clone(),
        ..options(0)
    })
    .await;
    for (title, sort_order) in [("old", 0), ("last", 9), ("new", 0), ("middle", 5)] {
        desk.post(json!({"title": title, "short_description": "d", "sort_order": sort_order}))
            .await;
        clock.advance(1.second().try_into().unwrap());
    }
    assert_eq!(titles(&desk.get("").await.1), ["new", "old", "middle", "last"]);
    desk.close().await;
}

#[tokio::test]
async fn links_name_the_host_that_was_asked_or_a_wrong_one_on_demand() {
    let desk = Desk::open(11).await;
    let answer = desk
        .request(reqwest::Method::GET, "")
        .header("host", "hotel.example")
        .send()
        .await
        .unwrap();
    let page: Value = answer.json().await.unwrap();
    assert_eq!(
        page["next"],
        "http://hotel.example/api/staff/hotel/killarney/offers/?page=2"
    );
    desk.control.link_origin(Some("http://internal:8000"));
    let (_, page) = desk.get("").await;
    assert_eq!(
        page["next"],
        "http://internal:8000/api/staff/hotel/killarney/offers/?page=2"
    );
    desk.close().await;
}
