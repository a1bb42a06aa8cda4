//! Measures the guest page as a guest's browser sees it. Called by `cargo xtask bench guest`.
//!
//! Each round is a visit with an empty cache. **loopback**: as fast as the machine is. **phone**: the network and the processor that Lighthouse
//! pretends for phones (1.6 Mbit/s, 150 ms, a quarter of this machine's speed). "To the first offer" is what the browser has to fetch before it can
//! paint one: the document, script, style, configuration and the hotel's offers; photos come later. Browsers also ask the site for its
//! `/favicon.ico`, in the same moment and of their own accord; that is none of the page's, and not counted.

#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "a bench prints")]

use guest_page::{Browser, HOTEL, Size, built_page, hotel};
use serde_json::{Value, json};

const OFFERS: usize = 12;
const ROUNDS: usize = 7;

/// What a visit came to.
#[derive(Clone, Copy)]
struct Visit {
    requests: u64,
    bytes: u64,
    first_offer: f64,
    live: f64,
    shift: f64,
}

#[tokio::main]
async fn main() {
    println!(
        "guest page, {OFFERS} offers   requests   transferred   first offer   live updates asked for   layout shift"
    );
    for (name, condition) in [
        ("loopback", None),
        (
            "phone",
            Some(
                json!({ "offline": false, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8 }),
            ),
        ),
    ] {
        let mut visits = Vec::new();
        for _ in 0..ROUNDS {
            visits.push(visit(condition.clone()).await);
        }
        visits.sort_by(|a, b| a.first_offer.total_cmp(&b.first_offer));
        let Visit {
            requests,
            bytes,
            first_offer,
            live,
            shift,
        } = visits[ROUNDS / 2];
        println!(
            "{name:<24}   {requests:>8}   {:>8.1} kB   {first_offer:>8.0} ms   {live:>19.0} ms   {shift:>12.3}",
            bytes as f64 / 1e3
        );
        let row = json!({
            "what": "guest page, to the first offer", "condition": name, "offers": OFFERS, "rounds": ROUNDS, "requests": requests,
            "transfer_bytes": bytes, "first_offer_ms": first_offer, "live_ms": live, "layout_shift": shift,
        });
        println!("{row}");
    }
}

/// A visit by a browser that has never been there.
async fn visit(condition: Option<Value>) -> Visit {
    let page = built_page();
    let (hotel, browser) = tokio::join!(hotel(OFFERS, &page), Browser::start(Size::PHONE));
    if let Some(condition) = condition {
        browser.devtools("Network.enable", json!({})).await;
        browser
            .devtools("Network.emulateNetworkConditions", condition)
            .await;
        browser
            .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 4 }))
            .await;
    }
    let address = hotel.page_url(HOTEL).expect("the page is built");
    browser.open(&address).await;
    let measured = browser
        .until(
            "the first offer and live updates",
            "notes.firstOffer !== null && notes.live !== null && (() => {
                const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
                const isSign = (entry) => new URL(entry.name).pathname === '/favicon.ico';
                const needed = entries.filter((entry) => entry.initiatorType !== 'img' && !isSign(entry) && entry.startTime < notes.firstOffer);
                return { ...notes, requests: needed.length, bytes: needed.reduce((sum, entry) => sum + entry.transferSize, 0) };
            })()",
            &[],
            |answer| answer.is_object().then(|| answer.clone()),
        )
        .await;
    let number = |name: &str| measured[name].as_f64().expect("a number");
    let whole = |name: &str| measured[name].as_u64().expect("a whole number");
    let visit = Visit {
        requests: whole("requests"),
        bytes: whole("bytes"),
        first_offer: number("firstOffer"),
        live: number("live"),
        shift: number("shift"),
    };
    drop(browser);
    hotel.shutdown().await;
    visit
}
