//! For eyes that need it larger, and for whom movement is too much.

use serde_json::json;

use crate::{
    scene::{DESK, all_offers, edit_offer, hotel, signed_in_for_good},
    support::{
        Window, Workstation,
        keys::{ESCAPE, ctrl},
    },
};

/// What of the page cannot be reached: it is wider than its window, or what is asked for lies outside it.
const OUT_OF_REACH: &str = "(() => {
    const inside = (id) => {
      const { left, right, top, bottom, width } = byId(id).getBoundingClientRect();
      return width > 0 && left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
    };
    const where = (id) => {
      const { left, right, top, bottom } = byId(id).getBoundingClientRect();
      return `${id}: ${left} to ${right}, ${top} to ${bottom} of ${innerWidth} x ${innerHeight}`;
    };
    const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ['the page'] : [];
    return wide.concat(args.filter((id) => !inside(id)).map(where));
})()";

/// The page is laid out anew a moment after its window has another size.
async fn assert_in_reach(window: &Window, ids: &[&str]) {
    let ids: Vec<_> = ids.iter().map(|id| json!(id)).collect();
    let nothing = |out: &serde_json::Value| (*out == json!([])).then_some(());
    window
        .until("all of it to be in the window", OUT_OF_REACH, &ids, nothing)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_can_be_twice_as_large_and_stays_in_reach_also_after_a_restart() {
    let hotel = hotel(5).await;
    let title = all_offers(&hotel.control()).await.remove(0).title;
    let station = Workstation::at(&hotel, "desk");
    let desk = signed_in_for_good(&hotel, &station, DESK).await;
    let window = desk.window();
    window.wait_for_synced(&title).await;
    let width = window.ask("innerWidth", vec![]).await.as_f64().expect("a width");
    // 110, 125, 150, 175, 200, and no more.
    for _ in 0..6 {
        window.press(&ctrl('=')).await;
    }
    let is_twice = "Math.abs(innerWidth * 2 - args[0]) < 4";
    window
        .until_true("everything to be twice as large", is_twice, &[json!(width)])
        .await;
    assert_in_reach(
        window,
        &["search", "view-all", "new-offer", "offer-list", "connection"],
    )
    .await;

    // By keys: the driver's mouse knows nothing of sizes.
    window.run_command(&title).await;
    window.wait_for_words("field-title", |words| words == title).await;
    assert_in_reach(window, &["editor", "save", "cancel", "search"]).await;
    window.type_into("field-title", "Twice as large").await;
    window.press(&ctrl('s')).await;
    window
        .wait_for_words("save-state", |words| !words.contains("Not saved"))
        .await;
    window.press(ESCAPE).await;
    window.wait_for_synced("Twice as large").await;
    desk.quit().await;

    let desk = station.launch().await;
    let window = desk.window();
    window.wait_for_synced("Twice as large").await;
    window
        .until_true("its size to be kept", is_twice, &[json!(width)])
        .await;
    window.press(&ctrl('0')).await;
    window
        .until_true("its own size again", "innerWidth === args[0]", &[json!(width)])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_moves_for_whom_it_should_not() {
    let hotel = hotel(3).await;
    let title = all_offers(&hotel.control()).await.remove(0).title;
    // The helper's desktop has animations switched off.
    let station = Workstation::at(&hotel, "desk").with_toolkit_settings("");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&title).await;
    let wished = "matchMedia('(prefers-reduced-motion: reduce)').matches";
    assert_eq!(window.ask(wished, vec![]).await, true, "the page is told");
    let moving = "(() => {
        const seconds = (times) => Math.max(...times.split(',').map((time) => parseFloat(time)));
        return [...document.querySelectorAll('*')]
          .filter((node) => {
            const { transitionDuration, animationDuration } = getComputedStyle(node);
            return Math.max(seconds(transitionDuration), seconds(animationDuration)) > 0.01;
          })
          .map((node) => node.dataset.testid ?? node.className ?? node.tagName);
    })()";
    assert_eq!(window.ask(moving, vec![]).await, json!([]));
    edit_offer(window, &title).await;
    window.click("show-activity").await;
    window.wait_for("activity-row").await;
    assert_eq!(window.ask(moving, vec![]).await, json!([]));
}
