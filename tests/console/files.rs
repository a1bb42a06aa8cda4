//! What the console leaves on the disk, and who can read it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use nix::sys::{
    signal::{Signal, kill},
    stat::{Mode, umask},
};

use crate::{
    scene::{DESK, all_offers, hotel},
    support::Workstation,
    updates::publisher,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_of_a_session_can_be_read_by_others() {
    // As most systems have it, whatever the habits of who runs this.
    umask(Mode::S_IWGRP | Mode::S_IWOTH);
    let hotel = hotel(1).await;
    let offer = all_offers(&hotel.control()).await.remove(0);
    let (origin, _) = publisher("99.0.0").await;
    let station =
        Workstation::at(&hotel, "desk").with("HOTELMATE_UPDATE_URL", format!("{origin}/console.json"));
    let desk = station.sign_in(DESK).await;
    let window = desk.window();
    window.wait_for_photo(&offer.title).await;
    window.wait_for("update").await;
    window.click("sign-out").await;
    window.click("signin-demo").await;
    window.wait_until_connection_is("live").await;
    let cards = window
        .wait_for_offers("the demo hotel's offers", |cards| cards.len() > 1)
        .await;
    window.wait_for_photo(&cards[0].title).await;

    let data = station.data();
    let names = private_files(&data);
    for name in [
        "console.db",
        "console.db-wal",
        "demo/hotel.sqlite",
        "demo/hotel.sqlite-wal",
        "demo/media/",
        "demo/port",
        "lock",
        "logs/console.",
        "photos/",
        "photos/thumbnails/",
        "running",
        "updates.json",
        "windows.json",
    ] {
        assert!(
            names.iter().any(|file| file.starts_with(name)),
            "{name}: {names:?}"
        );
    }

    // What is written at the end, too: where windows stood is, if the end is not WebKit's doing.
    kill(desk.processes()[0], Signal::SIGTERM).expect("it runs and is ours");
    desk.ended().await;
    private_files(&data);
    let windows = fs::read_to_string(data.join("windows.json")).expect("it is text");
    assert!(windows.contains("console-1"), "{windows}");
}

/// Every file below this folder, none of which has any right for others.
fn private_files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("the folder is there").flatten() {
            let (path, Ok(about)) = (entry.path(), entry.metadata()) else {
                // Gone meanwhile.
                continue;
            };
            if about.is_dir() {
                folders.push(path);
                continue;
            }
            let mode = about.permissions().mode() & 0o777;
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
            let name = path.strip_prefix(folder).expect("it is below");
            names.push(name.display().to_string());
        }
    }
    names
}
