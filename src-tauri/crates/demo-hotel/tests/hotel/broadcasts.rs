//! What everyone hears after a change, and in which order.

use demo_hotel::EventOrder;
use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};

use crate::{
    common::{Desk, id, picture, soon},
    socket::Socket,
};

const CHANNEL: &str = "hotel-killarney";

async fn then_sync(socket: &mut Socket) {
    assert_eq!(
        socket.event().await,
        ("offers-updated".to_owned(), json!({"action": "sync"}))
    );
}

#[tokio::test]
async fn each_change_sends_its_event_then_the_general_one() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;

    let offer = desk.offer(" Spa ").await;
    let said = json!({"offer": offer, "action": "created"});
    assert_eq!(socket.event().await, ("offer-created".to_owned(), said));
    then_sync(&mut socket).await;

    let (_, offer) = desk.patch(id(&offer), json!({"tag": "a"})).await;
    let said = json!({"offer": offer, "action": "updated"});
    assert_eq!(socket.event().await, ("offer-updated".to_owned(), said));
    then_sync(&mut socket).await;

    let below = format!("{}/upload-image/", id(&offer));
    let (_, answer) = desk
        .form(Method::POST, &below, Form::new().part("photo", picture("a.jpg")))
        .await;
    let said = json!({
        "offer_id": id(&offer), "offer_title": "Spa", "photo_url": answer["photo_url"], "action": "image-updated",
    });
    assert_eq!(socket.event().await, ("offer-image-updated".to_owned(), said));
    then_sync(&mut socket).await;

    desk.delete(id(&offer)).await;
    let said = json!({"offer_id": id(&offer), "offer_title": "Spa", "action": "deleted"});
    assert_eq!(socket.event().await, ("offer-deleted".to_owned(), said));
    then_sync(&mut socket).await;
    desk.close().await;
}

#[tokio::test]
async fn a_refused_change_is_not_broadcast_and_hotels_do_not_hear_each_other() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    let mut other = Socket::on(&desk, "hotel-other").await;
    desk.post(json!({"title": ""})).await;
    desk.delete(99).await;
    socket.is_quiet().await;
    desk.offer("A").await;
    other.is_quiet().await;
    desk.close().await;
}

#[tokio::test]
async fn an_event_over_10_kb_is_lost_and_only_its_partner_arrives() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    let (status, offer) = desk
        .post(json!({"title": "Long", "short_description": "d", "details_text": "x".repeat(11_000)}))
        .await;
    assert_eq!(status, 201, "the server ignores that failure");
    then_sync(&mut socket).await;
    desk.delete(id(&offer)).await;
    assert_eq!(socket.event().await.0, "offer-deleted");
    desk.close().await;
}

#[tokio::test]
async fn a_server_that_cannot_reach_the_hub_still_answers() {
    let desk = Desk::open(0).await;
    desk.control.stop_hub();
    let offer = desk.offer("A").await;
    desk.control.start_hub();
    let mut socket = Socket::on(&desk, CHANNEL).await;
    desk.delete(id(&offer)).await;
    assert_eq!(
        socket.event().await.0,
        "offer-deleted",
        "the creation was never told"
    );
    desk.close().await;
}

#[tokio::test]
async fn the_event_comes_before_the_answer_unless_told_otherwise() {
    let desk = Desk::open(0).await;
    let gate = demo_hotel::Gate::closed();
    let hold = || {
        demo_hotel::Fault::on(
            Method::POST,
            "/offers/",
            demo_hotel::Effect::HoldAfter(gate.clone()),
        )
    };
    let mut events = desk.control.tap_events(16);

    desk.control.fault(hold());
    let body = json!({"title": "A", "short_description": "d"});
    let request = tokio::spawn(desk.request(Method::POST, "").json(&body).send());
    let event = soon("the event", events.recv()).await.unwrap();
    assert_eq!(event.name, "offer-created", "while its answer is held");
    soon("its partner", events.recv()).await.unwrap();
    gate.open();
    soon("the answer", request).await.unwrap().unwrap();

    desk.control.event_order(EventOrder::AnswerFirst);
    let gate = demo_hotel::Gate::closed();
    desk.control.fault(demo_hotel::Fault::on(
        Method::POST,
        "/offers/",
        demo_hotel::Effect::HoldAfter(gate.clone()),
    ));
    let request = tokio::spawn(desk.request(Method::POST, "").json(&body).send());
    soon("the commit", desk.control.wait_until(|seen| seen.changes == 2)).await;
    assert!(
        events.try_recv().is_err(),
        "stored, but not told while the answer is held"
    );
    gate.open();
    let answer: Value = soon("the answer", request)
        .await
        .unwrap()
        .unwrap()
        .json()
        .await
        .unwrap();
    let event = soon("the event", events.recv()).await.unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&event.data).unwrap()["offer"],
        answer
    );
    desk.close().await;
}
