//! How it looks on a phone, a tablet and a desk, and to those who listen. The pictures lie in `target/guest-pictures`.

use std::fs;

use guest_page::{Size, built_page, ui};
use serde_json::json;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn it_fits_a_phone_a_tablet_and_a_desk() {
    let scene = Scene::before(12, built_page(), Size::PHONE).await;
    let long = "Donaudampfschifffahrtsgesellschaft".repeat(4);
    scene
        .create(json!({
            "title": format!("An offer with much to say {long}"), "short_description": format!("And no end. {long}"), "tag": "A tag of many words, fifty letters at the most",
            "valid_from": "2026-01-01", "valid_to": "2028-12-31", "sort_order": 0,
            "details_html": "<h2>What is in it</h2><ul><li>Two nights</li><li>Breakfast</li></ul><table><tr><th>Room</th><th>Price</th></tr><tr><td>Lake view</td><td>240 €</td></tr></table>",
        }))
        .await;
    scene.visit().await;
    scene
        .browser
        .execute("document.querySelectorAll('summary')[1].click()", vec![])
        .await;
    for (name, size) in [
        ("phone", Size::PHONE),
        ("tablet", Size::TABLET),
        ("desk", Size::DESK),
    ] {
        scene.browser.resize(size).await;
        scene
            .browser
            .until_true("the first photos", "offerNodes().slice(0, 2).every((node) => !node.querySelector('img') || isPainted(node.querySelector('img')))", &[])
            .await;
        scene.browser.picture(&format!("guest-{name}")).await;
        let layout = scene
            .browser
            .ask(
                "({ wide: document.documentElement.scrollWidth - innerWidth,
                    outside: [...document.querySelectorAll('main *')].filter((e) => !e.closest('.text') && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className),
                    columns: new Set(offerNodes().map((node) => node.getBoundingClientRect().left)).size,
                    small: [...document.querySelectorAll('a, summary')].filter((e) => !e.closest('.text') && e.getClientRects().length && e.getBoundingClientRect().height < 36).map((e) => e.textContent),
                    tiny: [...document.querySelectorAll('main *')].filter((e) => e.childElementCount === 0 && words(e) && parseFloat(getComputedStyle(e).fontSize) < 12).map((e) => words(e)) })",
                vec![],
            )
            .await;
        let fine = json!({ "wide": 0, "outside": [], "columns": 1, "small": [], "tiny": [] });
        assert_eq!(layout, fine, "on a {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_listen_or_use_the_keyboard_get_it_all() {
    let scene = Scene::open(12).await;
    let axe = fs::read_to_string(ui().join("node_modules/axe-core/axe.min.js"))
        .expect("the UI's packages are installed");
    scene.create(json!({ "title": "With details", "details_html": "<h1>Loud</h1><p><a href='https://x.example/'>More</a></p>", "sort_order": 0 })).await;
    scene.wait_for_title("With details").await;
    scene
        .browser
        .execute(
            "document.querySelectorAll('summary').forEach((summary) => summary.click())",
            vec![],
        )
        .await;
    for (theme, size) in [("light", Size::DESK), ("dark", Size::PHONE)] {
        scene.browser.resize(size).await;
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme }, { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        scene.browser.devtools("Emulation.setEmulatedMedia", media).await;
        scene.browser.picture(&format!("guest-{theme}")).await;
        scene.browser.execute(&axe, vec![]).await;
        scene
            .browser
            .execute("window.found = null; axe.run(document, { resultTypes: ['violations'] }).then((all) => (window.found = all.violations)); return true;", vec![])
            .await;
        let violations = scene
            .browser
            .until("axe", "window.found && window.found.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '))", &[], |found| {
                found.as_array().cloned()
            })
            .await;
        assert_eq!(
            violations,
            Vec::<serde_json::Value>::new(),
            "in the {theme} theme"
        );
    }
}
