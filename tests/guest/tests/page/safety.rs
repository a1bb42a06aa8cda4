//! Nothing that staff type, or a server says, runs on a guest's computer; and nothing that is for staff only is shown.

use guest_page::{HOTEL, Size, built_page};
use serde_json::json;

use crate::scene::{Scene, channel};

/// Ways in which markup has run as script before.
const ATTACKS: [&str; 14] = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror=\"window.pwned = 2\">",
    "<svg onload=\"window.pwned = 3\"><animate onbegin=\"window.pwned = 3\" attributeName=x dur=1s></svg>",
    "<a href=\"javascript:window.pwned = 4\" id=\"attack\">Read more</a>",
    "<a href=\"jav&#x09;ascript:window.pwned = 5\">Read more</a>",
    "<iframe srcdoc=\"<script>parent.pwned = 6</script>\"></iframe>",
    "<form action=\"javascript:window.pwned = 7\"><button>Book</button></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=window.pwned=8&gt;\">",
    "<details open ontoggle=\"window.pwned = 9\">x</details>",
    "<object data=\"data:text/html,<script>window.pwned = 10</script>\"></object>",
    "<style>@import 'http://127.0.0.1:9/x.css'; body { display: none }</style>",
    "<template><script>window.pwned = 11</script></template><p>Kept</p>",
    "<noscript><p title=\"</noscript><img src=x onerror=window.pwned=12>\"></noscript>",
    "<base href=\"http://127.0.0.1:9/\"><meta http-equiv=refresh content=\"0;url=http://127.0.0.1:9/\">",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_markup_in_any_field_runs_or_becomes_part_of_the_page() {
    let scene = Scene::before(0, built_page(), Size::DESK).await;
    // The policy would stop most of it too; here the page has to do it alone.
    scene
        .browser
        .devtools("Page.setBypassCSP", json!({ "enabled": true }))
        .await;
    let all = ATTACKS.join("\n");
    let mischief = |name: &str| {
        let short: String = ATTACKS[1].chars().take(50).collect();
        json!({
            "title": format!("{name} {}", ATTACKS[0]), "short_description": ATTACKS[1], "tag": short, "details_html": all,
            "details_text": "for staff only", "book_now_url": "https://book.example/?<script>window.pwned=13</script>",
        })
    };
    scene.create(mischief("Read")).await;
    scene.visit().await;
    scene.create(mischief("Heard of")).await;
    // What the server's own check of addresses would refuse: events can come from whoever has the key.
    let mut forged = json!({
        "id": 4711, "is_active": true, "sort_order": 0, "created_at": "2030-01-01T00:00:00Z", "valid_from": "<b>2026</b>",
        "photo_url": "javascript:window.pwned = 14", "short_description": "d", "details_text": "for staff only",
    });
    forged["title"] = json!("Forged");
    forged["book_now_url"] = json!("javascript:window.pwned = 15");
    forged["details_html"] = json!(all);
    scene.control.send_event(
        &channel(),
        "offer-created",
        &json!({ "offer": forged }).to_string(),
    );
    let forged = scene.wait_for_title("Forged").await;
    assert_eq!((forged.photo, forged.dates.as_str()), (None, ""));
    assert!(
        forged.book.starts_with("https://"),
        "the hotel's own: {}",
        forged.book
    );

    let literal = scene
        .browser
        .wait_for_cards("all three", |cards| cards.len() == 3)
        .await;
    assert!(
        literal
            .iter()
            .any(|card| card.title == format!("Heard of {}", ATTACKS[0])),
        "markup is text: {literal:?}"
    );
    // What waits for a click gets one, and what waits for a moment gets it.
    scene
        .browser
        .execute(
            "document.querySelectorAll('summary').forEach((summary) => summary.click());
             document.querySelectorAll('li details a').forEach((link) => { link.addEventListener('click', (e) => { if (/^http/.test(link.href)) e.preventDefault(); }); link.click(); });",
            vec![],
        )
        .await;
    let found = scene
        .browser
        .ask(
            "({ ran: window.pwned ?? null,
                tags: [...document.querySelectorAll('main *')].map((e) => e.localName).filter((name) => /^(script|iframe|object|embed|form|style|svg|math|meta|base|link|template|input|button)$/.test(name)),
                handlers: [...document.querySelectorAll('main *')].flatMap((e) => [...e.attributes]).map((a) => a.name).filter((name) => name.startsWith('on')),
                pictures: [...document.querySelectorAll('.text img')].length,
                links: [...document.querySelectorAll('a[href]')].map((a) => a.protocol).filter((p) => !['http:', 'https:', 'mailto:', 'tel:'].includes(p)),
                kept: document.querySelector('.text').textContent.includes('Read more'),
                shown: getComputedStyle(document.body).display,
                staff: document.documentElement.outerHTML.includes('for staff only') })",
            vec![],
        )
        .await;
    assert_eq!(
        found,
        json!({ "ran": null, "tags": [], "handlers": [], "pictures": 0, "links": [], "kept": true, "shown": "block", "staff": false })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_breaks_no_rule_of_its_policy_and_keeps_only_which_way_live_updates_came() {
    let scene = Scene::open(12).await;
    scene
        .create(json!({ "title": "Comes live", "details_html": "<h2>Big</h2><p>Text</p>" }))
        .await;
    scene.wait_for_title("Comes live").await;
    let noted = scene
        .browser
        .ask("({ troubles: window.notes.troubles, cookies: document.cookie, kept: [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => !key.startsWith('pusherTransport')) })", vec![])
        .await;
    assert_eq!(noted, json!({ "troubles": [], "cookies": "", "kept": [] }));
    let staff = scene
        .control
        .look(|stats| stats.count(|seen| seen.authorised || seen.path.contains("/staff/")));
    assert_eq!(staff, 0, "the page asks for nothing that is {HOTEL}'s staff's");
}
