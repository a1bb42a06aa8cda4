//! The page's side of "the preview shows the same cards"; the preview's is in `tests/console/preview.rs`.

use std::{env, fs, path::Path};

use guest_page::{Size, built_page, same_cards};

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_cards_that_the_preview_shows() {
    let scene = Scene::before(same_cards::count(), built_page(), Size::DESK).await;
    same_cards::prepare(&scene.hotel).await;
    scene.visit().await;
    // Written into the question: the page's policy allows no script to be made of text.
    let question = format!(
        "(() => {{ {}; return cardsAsText(root); }})()",
        same_cards::SCRIPT
    );
    let cards = scene.browser.ask(&question, vec![]).await;
    let cards = cards.as_str().expect("text");
    if env::var_os("HOTELMATE_WRITE_CARDS").is_some() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::write(here.join("same-cards/cards.txt"), cards).expect("the file can be written");
    }
    assert_eq!(cards, same_cards::CARDS, "see guest_page::same_cards");
}
