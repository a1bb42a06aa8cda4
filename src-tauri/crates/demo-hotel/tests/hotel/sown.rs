//! The seeded offers and their photos.

use std::{collections::BTreeSet, time::Instant};

use demo_hotel::{Offer, Options, draw_scene, router};
use jiff::civil::date;

use crate::common::options;

async fn sown(hotel: &str, options: Options) -> Vec<Offer> {
    let (_, control) = router(options).unwrap();
    control.offers(hotel).await.unwrap()
}

#[tokio::test]
async fn the_number_of_offers_is_exact_and_the_other_hotel_has_a_couple() {
    for number in [0, 1, 12, 23, 200] {
        assert_eq!(sown("killarney", options(number)).await.len(), number);
        assert_eq!(sown("other", options(number)).await.len(), 2);
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_offers_another_one_others() {
    let with = |seed| sown("killarney", Options { seed, ..options(30) });
    assert_eq!(with(7).await, with(7).await);
    assert_ne!(with(7).await, with(8).await);
    let titles: BTreeSet<String> = with(7).await.into_iter().map(|offer| offer.title).collect();
    assert_eq!(titles.len(), 30, "no title twice");
}

#[tokio::test]
async fn a_dozen_offers_show_every_state() {
    let today = date(2026, 11, 22);
    let offers = sown("killarney", options(12)).await;
    let any = |what: &str, is: &dyn Fn(&Offer) -> bool| assert!(offers.iter().any(is), "{what}");
    let shown = |offer: &Offer| offer.is_active;
    any("live", &|o| {
        shown(o) && o.valid_from.is_some_and(|d| d <= today) && o.valid_to.is_some_and(|d| d > today)
    });
    any("scheduled", &|o| {
        shown(o) && o.valid_from.is_some_and(|d| d > today)
    });
    any("ending soon", &|o| {
        shown(o)
            && o.valid_to
                .is_some_and(|d| d > today && (d - today).get_days() <= 7)
    });
    any("without an end", &|o| {
        shown(o) && o.valid_from.is_some() && o.valid_to.is_none()
    });
    any("ended but shown", &|o| {
        shown(o) && o.valid_to.is_some_and(|d| d < today)
    });
    any("hidden", &|o| !o.is_active);
    any("undated", &|o| o.valid_from.is_none() && o.valid_to.is_none());
    any("bookable", &|o| {
        o.book_now_url.starts_with("https://hotelkillarney.example/book")
    });
    any("not bookable", &|o| o.book_now_url.is_empty());
    any("tagged", &|o| !o.tag.is_empty());
    assert!(
        offers
            .iter()
            .all(|o| o.photo_url.is_some() && !o.details_html.is_empty())
    );
}

#[tokio::test]
async fn a_scene_is_a_large_picture_of_its_seed() {
    let begun = Instant::now();
    let bytes = draw_scene(5);
    println!("one scene: {} bytes in {:?}", bytes.len(), begun.elapsed());
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
    assert_eq!((picture.width(), picture.height()), (1600, 900));
    assert_eq!(bytes, draw_scene(5));
    assert_ne!(bytes, draw_scene(6));
}
