//! Starting the console: beside another, a second time, and in the instant after its end.

use std::time::Duration;

use demo_hotel::{DemoHotel, Stats};

use crate::{
    scene::{DESK, HOTEL, MANAGER, hotel, offer_from_elsewhere, signed_in_for_good},
    support::{Launch, PATIENCE, Workstation, within},
};

/// An address of a session bus at which nobody listens.
const NO_BUS: (&str, &str) = ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
/// How often a console is killed and started again at once.
const KILLS: u32 = 10;
/// How long a console holds its folder and its name without being able to answer. A launch has come far enough by then to ask.
const ON_ITS_WAY_OUT: Duration = Duration::from_millis(700);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_consoles_with_two_folders_run_side_by_side_without_a_session_bus() {
    let hotel = hotel(3).await;
    let (name, nowhere) = NO_BUS;
    let desk = Workstation::at(&hotel, "desk").with(name, nowhere);
    let lobby = Workstation::at(&hotel, "lobby").with(name, nowhere);
    let (desk, lobby) = (desk.sign_in(DESK).await, lobby.sign_in(MANAGER).await);

    for window in [desk.window(), lobby.window()] {
        window
            .wait_for_offers("the hotel's offers", |cards| cards.len() == 3)
            .await;
    }
    offer_from_elsewhere(&hotel.control(), "Seen by both").await;
    for window in [desk.window(), lobby.window()] {
        window.wait_for_synced("Seen by both").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_launch_becomes_a_window_of_the_running_console() {
    let hotel = hotel(3).await;
    let station = Workstation::at(&hotel, "desk");
    let desk = station.sign_in(DESK).await;

    let second = desk
        .window_after(async || {
            let mut launch = station.start();
            let status = within("the second launch's end", launch.ended()).await;
            assert!(
                status.success(),
                "it handed over and ended well: {status}, {}",
                launch.printed()
            );
        })
        .await;

    let cards = second
        .wait_for_offers("the hotel's offers", |cards| cards.len() == 3)
        .await;
    assert_eq!(desk.window().offers().await, cards, "both show the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_session_bus_a_second_launch_is_refused_in_words_and_the_first_goes_on() {
    let hotel = hotel(3).await;
    let (name, nowhere) = NO_BUS;
    let station = Workstation::at(&hotel, "desk").with(name, nowhere);
    let desk = station.sign_in(DESK).await;

    let mut launch = station.start();
    let said = within("words from the second launch", launch.says("already open")).await;

    assert!(
        said.contains(&station.data().display().to_string()),
        "it names the folder: {said}"
    );
    assert!(
        launch.is_running(),
        "the same words stand in a dialog, which waits for its user"
    );
    offer_from_elsewhere(&hotel.control(), "Still here").await;
    desk.window().wait_for_synced("Still here").await;
    desk.window().wait_until_connection_is("live").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_was_killed_can_be_started_again_in_the_same_instant() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    // From here on the keyring has the token: a console that comes up shows itself at the server.
    signed_in_for_good(&hotel, &station, DESK).await.quit().await;

    let mut running = come_up(&hotel, station.start()).await;
    for _ in 0..KILLS {
        running.kill();
        // Dropping the one before waits for its end, so only afterwards.
        running = come_up(&hotel, station.start()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_launch_takes_the_place_of_a_console_that_ends_instead_of_answering() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    signed_in_for_good(&hotel, &station, DESK).await.quit().await;
    let dying = come_up(&hotel, station.start()).await;

    dying.freeze();
    let launch = station.start();
    tokio::time::sleep(ON_ITS_WAY_OUT).await;
    dying.kill();

    come_up(&hotel, launch).await;
}

/// Waits until a launch reads the offers and listens for changes, as the only console that does.
async fn come_up(hotel: &DemoHotel, mut launch: Launch) -> Launch {
    let control = hotel.control();
    let (channel, reads) = (format!("hotel-{HOTEL}"), control.look(|stats| stats.list_reads));
    let is_up = |stats: &Stats| stats.list_reads > reads && stats.subscribers_of(&channel) == 1;
    let outcome = tokio::select! {
        _ = control.wait_until(is_up) => Ok(()),
        status = launch.ended() => Err(format!("ended with {status}")),
        () = tokio::time::sleep(PATIENCE) => Err("did not come up".to_owned()),
    };
    if let Err(what) = outcome {
        panic!("a launch {what}\n{}", launch.last_lines());
    }
    launch
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_console_that_the_system_asks_to_end_ends_as_if_its_windows_were_closed() {
    let hotel = hotel(1).await;
    let station = Workstation::at(&hotel, "desk");
    signed_in_for_good(&hotel, &station, DESK).await.quit().await;
    let launch = station.start();
    let mut launch = come_up(&hotel, launch).await;
    let running = station.data().join("running");
    assert!(running.exists(), "a run is marked while it lasts");

    launch.ask_to_end();

    let status = within("its end", launch.ended()).await;
    assert!(status.success(), "{status}\n{}", launch.last_lines());
    assert!(
        !running.exists(),
        "it came to its end, so the next start need not look for damage"
    );
    within("the end of all it started", async {
        while !launch.processes().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_its_environment_keeps_from_beginning_says_why_where_its_user_looks() {
    for (name, value, words) in [
        (
            "HOTELMATE_PHOTOS_MB",
            "500MB",
            "whole number of megabytes, not '500MB'",
        ),
        (
            "HOTELMATE_DATA_DIR",
            "/proc/nowhere/data",
            "cannot make the data folder",
        ),
    ] {
        let station = Workstation::new("desk").with(name, value);
        let mut launch = station.start();
        within("words from the launch", launch.says(words)).await;
        assert!(
            launch.is_running(),
            "the same words stand in a dialog, which waits for its user"
        );
    }
    let station = Workstation::new("desk").with("HOTELMATE_PHOTOS_MB", "500MB");
    let launch = station.start();
    within("words from the launch", launch.says("cannot open")).await;
    within("the same in the log", async {
        while !station.last_log_lines(20).contains("whole number of megabytes") {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
