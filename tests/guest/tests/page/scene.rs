//! What most tests begin with: a hotel, somebody looking at its page, and marks by which untouched cards are known again.

use std::path::PathBuf;

use demo_hotel::{Control, DemoHotel, Offer};
use guest_page::{Browser, Card, HOTEL, Size, built_page, within};
use serde_json::{Value, json};

/// A hotel, and a guest who looks at its offers with live updates on.
pub(crate) struct Scene {
    pub(crate) browser: Browser,
    pub(crate) control: Control,
    pub(crate) hotel: DemoHotel,
}

impl Scene {
    /// With this many seeded offers, of which some are hidden.
    pub(crate) async fn open(offers: usize) -> Self {
        let scene = Self::before(offers, built_page(), Size::DESK).await;
        scene.visit().await;
        scene
    }

    /// A hotel with these offers and no others, first to last.
    pub(crate) async fn with(titles: &[&str]) -> Self {
        let scene = Self::before(0, built_page(), Size::DESK).await;
        for (at, title) in titles.iter().enumerate() {
            scene
                .create(json!({ "title": title, "sort_order": (at + 1) * 10 }))
                .await;
        }
        scene.visit().await;
        scene
    }

    /// The page is not opened yet.
    pub(crate) async fn before(offers: usize, page: PathBuf, size: Size) -> Self {
        let (hotel, browser) = tokio::join!(guest_page::hotel(offers, &page), Browser::start(size));
        Self {
            browser,
            control: hotel.control(),
            hotel,
        }
    }

    /// Opens the page and waits for the offers, for live updates, and for the reading that follows them.
    pub(crate) async fn visit(&self) {
        let readings = self.readings();
        self.browser.open(&self.address()).await;
        self.wait_for_order("the offers").await;
        self.control
            .wait_until(|stats| stats.subscribers_of(&channel()) > 0)
            .await;
        self.wait_for_readings(readings + 2).await;
    }

    pub(crate) fn address(&self) -> String {
        self.hotel.page_url(HOTEL).expect("the page is built")
    }

    /// How often the public page was read.
    pub(crate) fn readings(&self) -> usize {
        self.control
            .look(|stats| stats.count(|seen| is_reading(&seen.path)))
    }

    pub(crate) async fn wait_for_readings(&self, count: usize) {
        let read = self
            .control
            .wait_until(|stats| stats.count(|seen| is_reading(&seen.path)) >= count);
        within("the public page to be read", read).await;
    }

    pub(crate) async fn create(&self, fields: Value) -> Offer {
        let mut all = json!({ "short_description": "Two nights by the lake." });
        all.as_object_mut()
            .expect("an object")
            .extend(fields.as_object().expect("an object").clone());
        within("a new offer", self.control.create_elsewhere(HOTEL, all))
            .await
            .expect("the hotel takes it")
    }

    pub(crate) async fn change(&self, id: i64, fields: Value) {
        within("a change", self.control.update_elsewhere(HOTEL, id, fields))
            .await
            .expect("the hotel takes it");
    }

    pub(crate) async fn delete(&self, id: i64) {
        within("a deletion", self.control.delete_elsewhere(HOTEL, id))
            .await
            .expect("the hotel takes it");
    }

    /// What the hotel's public page lists now.
    pub(crate) async fn listed(&self) -> Vec<i64> {
        let offers = within("the hotel's offers", self.control.offers(HOTEL))
            .await
            .expect("the hotel has offers");
        offers
            .into_iter()
            .filter(|offer| offer.is_active)
            .map(|offer| offer.id)
            .collect()
    }

    /// Waits until the page shows what the hotel lists, in its order.
    pub(crate) async fn wait_for_order(&self, why: &str) -> Vec<Card> {
        let listed = self.listed().await;
        let fits = |cards: &[Card]| cards.iter().map(|card| card.id).eq(listed.iter().copied());
        self.browser.wait_for_cards(why, fits).await
    }

    /// Waits until a card with this title is shown.
    pub(crate) async fn wait_for_title(&self, title: &str) -> Card {
        let why = format!("\"{title}\" on the page");
        let cards = self
            .browser
            .wait_for_cards(&why, |cards| cards.iter().any(|card| card.title == title))
            .await;
        cards
            .into_iter()
            .find(|card| card.title == title)
            .expect("it was there")
    }

    /// The id of the card with this title.
    pub(crate) async fn id_of(&self, title: &str) -> i64 {
        self.wait_for_title(title).await.id
    }

    /// Marks the document and each card's node, and counts the changes of the document outside of the cards named.
    pub(crate) async fn mark(&self) {
        self.browser
            .execute(
                "window.marked = true;
                 offerNodes().forEach((node) => { node.marked = node.dataset.offerId; node.querySelector('article').marked = true; });
                 window.drawn = new Set();
                 window.drawing = new MutationObserver((changes) => changes.forEach(({ target, addedNodes, removedNodes }) => {
                   const element = target.nodeType === 1 ? target : target.parentElement;
                   const card = element?.closest('[data-testid=guest-offer]');
                   if (card) window.drawn.add(Number(card.dataset.offerId));
                 }));
                 window.drawing.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });",
                vec![],
            )
            .await;
    }

    /// Fails when the page was loaded anew, or one of these cards is another node than before, or was drawn again.
    pub(crate) async fn expect_untouched(&self, ids: &[i64]) {
        let answer = self
            .browser
            .ask(
                "({ same: window.marked === true,
                    others: args[0].filter((id) => offerNode(id)?.marked !== String(id) || !offerNode(id).querySelector('article').marked),
                    drawn: args[0].filter((id) => window.drawn.has(id)),
                    troubles: window.notes.troubles })",
                vec![json!(ids)],
            )
            .await;
        let fine = json!({ "same": true, "others": [], "drawn": [], "troubles": [] });
        assert_eq!(answer, fine, "the same document, the same nodes, not drawn again");
    }
}

pub(crate) fn channel() -> String {
    format!("hotel-{HOTEL}")
}

fn is_reading(path: &str) -> bool {
    path.starts_with("/api/hotel/public/page/")
}

/// The titles of some cards.
pub(crate) fn titles(cards: &[Card]) -> Vec<&str> {
    cards.iter().map(|card| card.title.as_str()).collect()
}
