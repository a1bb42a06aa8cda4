//! Whoever reads an offer keeps it before their eyes, whatever happens to the others.

use guest_page::Size;
use serde_json::json;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_stays_where_it_is_when_others_come_go_grow_and_move() {
    let titles: Vec<_> = (1..=9).map(|n| format!("Offer {n}")).collect();
    let titles: Vec<_> = titles.iter().map(String::as_str).collect();
    let scene = Scene::with(&titles).await;
    for size in [Size::DESK, Size::PHONE] {
        scene.browser.resize(size).await;
        let read = scene.id_of("Offer 6").await;
        let listed = scene.listed().await;
        scene
            .browser
            .execute(
                "const node = offerNode(arguments[0]);
                 scrollTo(0, scrollY + node.getBoundingClientRect().top - 40);
                 node.querySelector('a.book').focus({ preventScroll: true });
                 window.top6 = node.getBoundingClientRect().top;",
                vec![json!(read)],
            )
            .await;
        scene.mark().await;

        let new = scene
            .create(json!({ "title": "Comes above", "sort_order": 0 }))
            .await;
        scene.wait_for_order("one above").await;
        expect_unmoved(&scene, read, "one came above").await;
        scene
            .change(
                listed[1],
                json!({ "short_description": "Much longer than before. ".repeat(20) }),
            )
            .await;
        let grown = "words(offerNode(args[0]).querySelector('p')).startsWith('Much longer')";
        scene
            .browser
            .until_true("one above to grow", grown, &[json!(listed[1])])
            .await;
        expect_unmoved(&scene, read, "one above grew").await;
        // From above to below, and what is read itself is moved among the others.
        scene.change(listed[0], json!({ "sort_order": 95 })).await;
        scene.wait_for_order("one to move down").await;
        expect_unmoved(&scene, read, "one moved from above to below").await;
        scene.change(read, json!({ "sort_order": 35 })).await;
        scene.wait_for_order("the one that is read to move").await;
        expect_unmoved(&scene, read, "the one that is read moved").await;
        scene.delete(new.id).await;
        scene.wait_for_order("one above to leave").await;
        expect_unmoved(&scene, read, "one above left").await;

        // As it was, for the next size.
        scene
            .change(listed[1], json!({ "short_description": "Short." }))
            .await;
        scene.change(listed[0], json!({ "sort_order": 10 })).await;
        scene.change(read, json!({ "sort_order": 60 })).await;
        scene.wait_for_order("the order of before").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_details_stay_open_and_the_keyboard_stays_where_it_was() {
    let scene = Scene::open(6).await;
    let listed = scene.listed().await;
    let id = listed[2];
    scene
        .browser
        .execute(
            "const summary = offerNode(arguments[0]).querySelector('summary'); summary.click(); summary.focus();",
            vec![json!(id)],
        )
        .await;
    scene
        .change(id, json!({ "sort_order": 0, "title": "Moved and renamed" }))
        .await;
    scene.wait_for_order("it to move").await;
    scene.wait_for_title("Moved and renamed").await;
    let state = scene
        .browser
        .ask(
            "[offerNode(args[0]).querySelector('details').open, document.activeElement === offerNode(args[0]).querySelector('summary')]",
            vec![json!(id)],
        )
        .await;
    assert_eq!(state, json!([true, true]), "[open, focused]");
}

async fn expect_unmoved(scene: &Scene, id: i64, why: &str) {
    let state = scene
        .browser
        .ask(
            "[Math.round(offerNode(args[0]).getBoundingClientRect().top - window.top6), document.activeElement === offerNode(args[0]).querySelector('a.book')]",
            vec![json!(id)],
        )
        .await;
    assert_eq!(state, json!([0, true]), "{why}: [moved by pixels, still focused]");
}
