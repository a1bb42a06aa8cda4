//! What the page takes of the machine's memory, where WebKit is known to keep what nobody uses any more.

use std::{fs, time::Duration};

use tokio::time::sleep;

use crate::{
    scene::{DESK, all_offers, hotel},
    support::{Console, Gauge, Workstation, within},
};

/// Puts so many style sheets in the place of each other, each time long enough for the page to be painted with it.
const REPLACE_SHEETS: &str = "
    const done = arguments[0];
    let left = 40;
    const replace = () => {
      if (left-- === 0) return done(null);
      document.adoptedStyleSheets = [new CSSStyleSheet()];
      requestAnimationFrame(() => setTimeout(replace, 50));
    };
    replace();";

/// 40 times as much as WebKit kept of each change: 1 MiB.
const KEPT: u64 = 40 * 1024;

/// KiB that the page's own processes hold besides files.
fn page_memory(console: &Console) -> u64 {
    let processes = console.processes();
    let gauge = Gauge::of(&processes, processes.first().copied());
    gauge.alone - gauge.core_alone
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fonts_are_not_made_anew_when_a_style_sheet_changes() {
    let hotel = hotel(5).await;
    let title = all_offers(&hotel.control()).await.remove(0).title;
    let console = Workstation::at(&hotel, "desk").sign_in(DESK).await;
    let window = console.window();
    window.wait_for_synced(&title).await;
    let is_loaded =
        "[...document.fonts].some((face) => face.family.includes('Inter') && face.status === 'loaded')";
    window.until_true("the windows' own font", is_loaded, &[]).await;
    let replace = async || {
        window
            .run_async(REPLACE_SHEETS, vec![])
            .await
            .expect("the sheets are replaced");
    };
    // What is warmed up by the first is not kept of each.
    replace().await;
    let before = page_memory(&console);
    replace().await;
    let after = page_memory(&console);
    assert!(
        after < before + KEPT / 3,
        "{before} KiB, and {after} KiB after 40 other style sheets"
    );
}

/// What the console's own process has open, but for what WebKit reads now and then to know the machine's memory.
fn open_handles(console: &Console) -> usize {
    let own = console.processes().first().copied().expect("the app runs");
    let handles = fs::read_dir(format!("/proc/{own}/fd")).expect("a process");
    handles
        .filter_map(|handle| fs::read_link(handle.ok()?.path()).ok())
        .filter(|leads_to| !leads_to.starts_with("/proc") && !leads_to.starts_with("/sys"))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_closed_window_stays() {
    const TIMES: usize = 5;
    let hotel = hotel(2).await;
    let title = all_offers(&hotel.control()).await.remove(0).title;
    let console = Workstation::at(&hotel, "desk").sign_in(DESK).await;
    console.window().wait_for_synced(&title).await;
    let open_and_close = async || {
        let window = console.open_window().await;
        window.wait_for("offer-list").await;
        console.close_last_of(2, "HotelMate Console", window).await;
        let preview = console
            .window_after(async || console.window().click("show-preview").await)
            .await;
        preview.wait_for("preview-page").await;
        console.close_last_of(1, "What guests see", preview).await;
    };
    open_and_close().await;
    let before = open_handles(&console);
    for _ in 0..TIMES {
        open_and_close().await;
    }
    // Ten web views would keep ten; some that come and go with other work are no sign of it.
    let most = before + TIMES;
    within("the handles of ten closed windows to be let go of", async {
        while open_handles(&console) > most {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}
