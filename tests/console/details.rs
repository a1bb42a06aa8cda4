//! Formatted details in the real window: by mouse, by keyboard alone, and what is left of what staff never wrote.

use serde_json::json;

use crate::{
    scene::{DESK, all_offers, changing, edit_offer, hotel, stored},
    support::{
        Window, Workstation,
        keys::{BACK_TAB, ENTER, RIGHT, TAB, ctrl},
        within,
    },
};

async fn wait_for_html(window: &Window, part: &str) {
    let question = "byId('field-details_html')?.innerHTML.includes(args[0])";
    window
        .until_true(&format!("{part} in the details"), question, &[json!(part)])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn details_are_formatted_with_the_mouse_and_the_plain_ones_follow() {
    let hotel = hotel(1).await;
    let offer = all_offers(&hotel.control()).await.remove(0);
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offer.title).await;
    edit_offer(window, &offer.title).await;
    window.wait_for("field-details_html").await;
    wait_for_html(window, "<li>").await;

    window.click("field-details_html").await;
    window.click("rich-bold").await;
    window.press("Sauna").await;
    wait_for_html(window, "<strong>Sauna</strong>").await;
    window
        .wait_for_words("field-details_text", |words| words.contains("Sauna"))
        .await;
    window.wait_for("details-followed").await;

    // A link at the cursor, refused first and then completed.
    window.click("rich-bold").await;
    window.click("rich-link").await;
    window.type_into("link-address", "javascript:alert(1)").await;
    window.click("link-apply").await;
    window
        .wait_for_words("link-words", |words| words.contains("A link leads to the web"))
        .await;
    window.type_into("link-address", "spa.example/sauna").await;
    window.click("link-apply").await;
    wait_for_html(window, "href=\"https://spa.example/sauna\"").await;

    window.click("save").await;
    let control = hotel.control();
    let taken = control.wait_until(|stats| stats.requests.iter().any(changing));
    within("the change's way to the hotel", taken).await;
    let stored = stored(&control, &offer.title).await.expect("the offer is there");
    assert!(
        stored.details_html.contains("<strong>Sauna</strong>")
            && stored
                .details_html
                .contains("<a href=\"https://spa.example/sauna\">"),
        "guests get what was formatted: {}",
        stored.details_html
    );
    assert!(
        !stored.details_html.contains("<li><p>"),
        "as lists are written elsewhere"
    );
    assert!(stored.details_text.contains("Sauna"), "{}", stored.details_text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn details_are_formatted_and_saved_by_keyboard_alone() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.press(&ctrl('n')).await;
    window.tab_to("field-title", TAB).await;
    window.press("By keyboard").await;
    window.tab_to("field-short_description", TAB).await;
    window.press("Without a mouse.").await;
    window.tab_to("field-details_html", TAB).await;
    window.press(&ctrl('b')).await;
    window.press("Bold").await;
    window.press(&ctrl('b')).await;
    window.press(&format!(" plain{ENTER}Tea")).await;
    wait_for_html(window, "<p><strong>Bold</strong> plain</p><p>Tea</p>").await;

    // Back to the toolbar, along it, and a list of the last line.
    window.tab_to("rich-bold", BACK_TAB).await;
    window.press(&RIGHT.repeat(2)).await;
    window.tab_to("rich-bullets", TAB).await;
    window.press(ENTER).await;
    wait_for_html(window, "<ul><li><p>Tea</p></li></ul>").await;
    window.press(&ctrl('z')).await;
    wait_for_html(window, "<p>Tea</p>").await;
    window.press(&ctrl('y')).await;
    wait_for_html(window, "<ul><li><p>Tea</p></li></ul>").await;

    window.press(&ctrl('s')).await;
    window.wait_for_synced("By keyboard").await;
    let stored = stored(&hotel.control(), "By keyboard")
        .await
        .expect("the hotel has it");
    assert_eq!(
        (stored.details_html.as_str(), stored.details_text.as_str()),
        (
            "<p><strong>Bold</strong> plain</p><ul><li>Tea</li></ul>",
            "Bold plain\n\nTea"
        )
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn html_that_staff_did_not_write_neither_runs_nor_is_rewritten() {
    let hotel = hotel(1).await;
    let control = hotel.control();
    let html = "<p>Spa</p><table><tr><td>240</td></tr></table><img src=\"x\" onerror=\"window.pwned=1\"><script>window.pwned=2</script>";
    let offer = all_offers(&control).await.remove(0);
    crate::scene::change_elsewhere(&control, &offer, json!({ "details_html": html })).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_synced(&offer.title).await;
    edit_offer(window, &offer.title).await;
    window
        .wait_for_words("details-beyond", |words| {
            words.contains("tables, pictures and code")
        })
        .await;
    // That it did not run could be the doing of the policy alone; the cleaning has to hold by itself.
    let acts = "((details) => isShown(details) && [...details.querySelectorAll('*')].filter((element) =>
            element.matches('img, script') || element.getAttributeNames().some((name) => name.startsWith('on'))).map((element) => element.outerHTML))
        (byId('guest-details'))";
    assert_eq!(
        window.ask(acts, vec![]).await,
        json!([]),
        "staff see what guests see, and nothing in it acts"
    );
    window.type_into("field-tag", "Kept").await;
    window.click("save").await;
    window
        .wait_for_offers("the new tag", |cards| {
            cards
                .iter()
                .any(|card| card.tag == "Kept" && card.sync == "synced")
        })
        .await;
    let stored = stored(&control, &offer.title).await.expect("the offer is there");
    assert_eq!(stored.details_html, html);
    assert_eq!(window.ask("window.pwned ?? null", vec![]).await, json!(null));
}
