//! Misfortune on demand: each kind does what it says, and nothing to the requests it isn't meant for.

use std::time::{Duration, Instant};

use demo_hotel::{Canned, Effect, EventChances, EventFault, Fault, Gate};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    common::{Desk, id, read, soon},
    socket::{Sight, Socket},
};

const CHANNEL: &str = "hotel-killarney";

fn on_create(effect: Effect) -> Fault {
    Fault::on(Method::POST, "/offers/", effect)
}

fn spa() -> Value {
    json!({"title": "Spa", "short_description": "d"})
}

#[tokio::test]
async fn a_dropped_answer_leaves_the_work_done_a_dropped_request_does_not() {
    let desk = Desk::open(0).await;
    for (effect, stored) in [(Effect::DropRequest, 0), (Effect::DropAnswer, 1)] {
        desk.control.fault(on_create(effect.clone()));
        let outcome = desk.request(Method::POST, "").json(&spa()).send().await;
        assert!(outcome.is_err(), "{effect:?}: {outcome:?}");
        assert_eq!(
            desk.control.offers("killarney").await.unwrap().len(),
            stored,
            "{effect:?}"
        );
    }
    let cut = desk.control.stats().count(|seen| seen.status.is_none());
    assert_eq!(cut, 2, "the log tells that no status left");
    desk.offer("The next request is spared").await;
    desk.close().await;
}

#[tokio::test]
async fn a_body_that_is_cut_half_way_breaks_off() {
    let desk = Desk::open(3).await;
    desk.control
        .fault(Fault::on(Method::GET, "/offers/", Effect::CutBody));
    let answer = desk.request(Method::GET, "").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err(), "half a body is an error");
    assert_eq!(desk.get("").await.0, 200);
    desk.close().await;
}

#[tokio::test]
async fn whatever_stands_in_front_can_answer_before_or_after_the_work() {
    let desk = Desk::open(0).await;
    for (canned, status, stored) in [
        (Effect::Instead(Canned::html(StatusCode::BAD_GATEWAY)), 502, 0),
        (
            Effect::Instead(Canned::html(StatusCode::SERVICE_UNAVAILABLE)),
            503,
            0,
        ),
        (
            Effect::InsteadOfAnswer(Canned::html(StatusCode::INTERNAL_SERVER_ERROR)),
            500,
            1,
        ),
    ] {
        desk.control.fault(on_create(canned));
        let answer = desk.request(Method::POST, "").json(&spa()).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "text/html");
        assert!(answer.text().await.unwrap().contains("<h1>"));
        assert_eq!(
            desk.control.offers("killarney").await.unwrap().len(),
            stored,
            "{status}"
        );
    }
    desk.control
        .fault(on_create(Effect::Instead(Canned::too_many_requests(7))));
    let answer = desk.request(Method::POST, "").json(&spa()).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    let (_, body) = read(answer).await;
    assert_eq!(
        body,
        json!({"detail": "Request was throttled. Expected available in 7 seconds."})
    );
    let elsewhere = Canned::redirect(StatusCode::FOUND, "http://elsewhere.example/");
    desk.control.fault(on_create(Effect::Instead(elsewhere)));
    let answer = desk.request(Method::POST, "").json(&spa()).send().await.unwrap();
    assert_eq!(answer.headers()["location"], "http://elsewhere.example/");
    desk.close().await;
}

#[tokio::test]
async fn a_gate_holds_a_request_before_or_after_its_work() {
    let desk = Desk::open(0).await;
    for (after, stored) in [(false, 0), (true, 2)] {
        let gate = Gate::closed();
        let effect = if after {
            Effect::HoldAfter(gate.clone())
        } else {
            Effect::HoldBefore(gate.clone())
        };
        desk.control.fault(on_create(effect));
        let begun = desk.control.look(|seen| seen.requests_begun);
        let request = tokio::spawn(desk.request(Method::POST, "").json(&spa()).send());
        soon(
            "its arrival",
            desk.control.wait_until(|seen| seen.requests_begun > begun),
        )
        .await;
        let there = |offers: &[demo_hotel::Offer]| offers.len() == stored;
        soon("the store", desk.control.wait_for_offers("killarney", there))
            .await
            .unwrap();
        assert!(!request.is_finished());
        gate.open();
        assert_eq!(soon("the answer", request).await.unwrap().unwrap().status(), 201);
    }
    desk.close().await;
}

#[tokio::test]
async fn answers_can_be_late_and_bodies_slow() {
    let desk = Desk::open(1).await;
    let pause = Duration::from_millis(20);
    for effect in [
        Effect::DelayBefore(pause),
        Effect::DelayAfter(pause),
        Effect::SlowBody {
            piece: 100,
            pause: pause / 4,
        },
    ] {
        desk.control
            .fault(Fault::on(Method::GET, "/offers/", effect.clone()));
        let begun = Instant::now();
        assert_eq!(desk.get("").await.0, 200);
        assert!(begun.elapsed() >= pause, "{effect:?} took {:?}", begun.elapsed());
    }
    desk.close().await;
}

#[tokio::test]
async fn a_refused_connection_is_refused_by_the_system_and_accepted_again_later() {
    let desk = Desk::open(0).await;
    let fresh =
        || crate::common::client().get(format!("{}/hotel/public/page/killarney/", desk.hotel.api_url()));
    soon("closing", desk.control.unplug(true)).await;
    let error = fresh().send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert!(
        desk.request(Method::GET, "").send().await.is_err(),
        "kept connections are gone too"
    );
    soon("opening", desk.control.unplug(false)).await;
    assert_eq!(fresh().send().await.unwrap().status(), 200);
    assert_eq!(desk.get("").await.0, 200);
    desk.close().await;
}

#[tokio::test]
async fn sockets_can_be_cut_and_closed_with_any_code() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    desk.control.cut_sockets();
    assert_eq!(socket.next().await, Sight::Cut);
    soon("its leaving", desk.control.wait_until(|seen| seen.sockets == 0)).await;
    assert_eq!(desk.get("").await.0, 200, "other connections stay");
    let mut socket = Socket::on(&desk, CHANNEL).await;
    assert_eq!(desk.control.look(|seen| seen.subscribers_of(CHANNEL)), 1);
    desk.control.close_sockets(4100, "over capacity");
    assert_eq!(socket.next().await, Sight::Closed(4100));
    desk.close().await;
}

#[tokio::test]
async fn a_stopped_hub_takes_nobody_until_it_is_started() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    desk.control.stop_hub();
    assert_eq!(socket.next().await, Sight::Closed(4200));
    let url = format!("{}/app/app-key?protocol=7", desk.hotel.url());
    let upgrade = || {
        let request = desk
            .http
            .get(&url)
            .header("connection", "upgrade")
            .header("upgrade", "websocket");
        request
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    assert_eq!(upgrade().send().await.unwrap().status(), 503);
    desk.control.start_hub();
    desk.control.fault(Fault::on(
        Method::GET,
        "/app/",
        Effect::Instead(Canned::too_many_requests(3)),
    ));
    let busy = upgrade().send().await.unwrap();
    assert_eq!(
        (busy.status().as_u16(), &busy.headers()["retry-after"]),
        (429, &"3".parse().unwrap())
    );
    Socket::on(&desk, CHANNEL).await;
    desk.close().await;
}

#[tokio::test]
async fn events_can_be_lost_doubled_reordered_held_and_late() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    desk.control
        .next_events([EventFault::Lose, EventFault::Duplicate]);
    let offer = desk.offer("A").await;
    assert_eq!(socket.event().await.0, "offers-updated");
    assert_eq!(socket.event().await.0, "offers-updated");

    desk.control.next_events([EventFault::AfterNext]);
    desk.patch(id(&offer), json!({"tag": "a"})).await;
    assert_eq!(socket.event().await.0, "offers-updated");
    assert_eq!(socket.event().await.0, "offer-updated");

    desk.control.hold_events();
    desk.delete(id(&offer)).await;
    socket.is_quiet().await;
    desk.control.release_events();
    assert_eq!(socket.event().await.0, "offer-deleted");
    assert_eq!(socket.event().await.0, "offers-updated");

    desk.control
        .next_events([EventFault::Delay(Duration::from_millis(20))]);
    desk.offer("B").await;
    assert_eq!(socket.event().await.0, "offers-updated");
    assert_eq!(socket.event().await.0, "offer-created");

    desk.control.event_chances(
        Some(EventChances {
            lose: 1.0,
            ..EventChances::default()
        }),
        1,
    );
    desk.offer("C").await;
    socket.is_quiet().await;
    desk.control.event_chances(None, 0);
    desk.offer("D").await;
    assert_eq!(socket.event().await.0, "offer-created");
    desk.close().await;
}

#[tokio::test]
async fn any_event_and_any_nonsense_can_be_sent() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    desk.control.send_event(CHANNEL, "offer-created", "{\"offer\":");
    assert_eq!(socket.next().await.frame()["data"], "{\"offer\":");
    let huge = "x".repeat(5_000_000);
    desk.control.send_event(CHANNEL, "another-app", &huge);
    assert_eq!(
        socket.next().await.frame()["data"].as_str().unwrap().len(),
        huge.len(),
        "past the limit"
    );
    assert!(
        desk.control.publish_event(CHANNEL, "another-app", &huge).is_err(),
        "as a server: refused"
    );
    desk.control.send_frame(Some(CHANNEL), "\"no event\"");
    assert_eq!(socket.next().await, Sight::Frame(json!("no event")));
    desk.control.send_frame(
        None,
        r#"{"event":"pusher:error","data":{"code":null,"message":"hm"}}"#,
    );
    assert_eq!(socket.next().await.frame()["event"], "pusher:error");
    desk.close().await;
}

#[tokio::test]
async fn somebody_else_can_change_the_hotel() {
    let desk = Desk::open(0).await;
    let mut socket = Socket::on(&desk, CHANNEL).await;
    let requests = desk.control.look(|seen| seen.requests_done);
    let offer = desk.control.create_elsewhere("killarney", spa()).await.unwrap();
    assert_eq!(socket.event().await.0, "offer-created");
    desk.control
        .update_elsewhere("killarney", offer.id, json!({"tag": "x"}))
        .await
        .unwrap();
    desk.control
        .delete_elsewhere("killarney", offer.id)
        .await
        .unwrap();
    assert!(
        desk.control
            .delete_elsewhere("killarney", offer.id)
            .await
            .is_err()
    );
    let names: Vec<String> = [
        socket.event().await,
        socket.event().await,
        socket.event().await,
        socket.event().await,
    ]
    .map(|(name, _)| name)
    .into();
    assert_eq!(
        names,
        [
            "offers-updated",
            "offer-updated",
            "offers-updated",
            "offer-deleted"
        ]
    );
    assert_eq!(
        desk.control.look(|seen| seen.requests_done),
        requests,
        "without a request"
    );
    desk.close().await;
}

#[tokio::test]
async fn the_log_tells_what_was_asked_and_answered() {
    let desk = Desk::open(0).await;
    desk.post(spa()).await;
    let form = reqwest::multipart::Form::new()
        .text("title", "B")
        .part("photo", crate::common::picture("a.jpg"));
    desk.form(Method::POST, "", form).await;
    let stats = desk.control.stats();
    let [.., json, multipart] = stats.requests.as_slices().0 else {
        panic!("two requests and the sign-in")
    };
    assert_eq!((json.method.as_str(), json.status), ("POST", Some(201)));
    assert_eq!(json.path, "/api/staff/hotel/killarney/offers/");
    assert_eq!(json.content_type.as_deref(), Some("application/json"));
    assert_eq!(json.fields, ["short_description", "title"]);
    assert_eq!(
        (
            json.authorised,
            json.hotel_id.as_deref(),
            json.hotel_slug.as_deref()
        ),
        (true, Some("1"), Some("killarney"))
    );
    assert_eq!(
        (multipart.status, multipart.fields.as_slice()),
        (Some(400), &["photo".to_owned(), "title".into()][..])
    );
    assert!(
        multipart
            .content_type
            .as_deref()
            .unwrap()
            .starts_with("multipart/form-data")
    );
    desk.close().await;
}
