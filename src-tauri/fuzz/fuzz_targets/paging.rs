//! Lists of offers, page by page, each line being one: no panic, and an end to every list, also to those in circles.

#![no_main]

use api::{Paging, PagingStep};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use url::Url;

/// Far more than any list needs.
const MOST: usize = 10_000;

fuzz_target!(|text: &str| {
    let pages: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    if pages.is_empty() {
        return;
    }
    let list = Url::parse("https://hotel.example/api/hotel/1/offers/").expect("an address");
    let mut paging = Paging::new(list);
    for page in pages.iter().cycle().take(MOST) {
        match paging.page(page.clone()) {
            Ok(PagingStep::Read(_)) => {}
            Ok(PagingStep::Done(_)) | Err(_) => return,
        }
    }
    panic!("a list without an end");
});
