//! `hotelmate-console [--new-window] [--version] [--help] [hotelmate://offer/ID]`

// No console window beside the program on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line")]

use std::process::ExitCode;

const HELP: &str = "\
HotelMate Console: a hotel's special offers, for its staff

hotelmate-console [--new-window] [--version] [--help] [hotelmate://offer/ID]

  --new-window  open another window in the running console (a second launch does so anyway)
  --version     print the version
  --help        print this
  a link        open that offer, in the running console if there is one

Environment: HOTELMATE_DATA_DIR, HOTELMATE_API_URL, HOTELMATE_PUSHER_KEY, HOTELMATE_PUSHER_CLUSTER, HOTELMATE_PUSHER_HOST,
HOTELMATE_PUSHER_PORT, HOTELMATE_PUSHER_TLS, HOTELMATE_DEMO, HOTELMATE_LOG, HOTELMATE_PHOTOS_MB, HOTELMATE_UPDATE_URL; see the manual page, hotelmate-console(1).
";

fn main() -> ExitCode {
    arenas::limit();
    #[cfg(target_os = "linux")]
    webviews::paint_as_fits();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            // WebDriver passes options of its own; nothing unknown is worth refusing to start for.
            "--version" => {
                println!("hotelmate-console {}", env!("CARGO_PKG_VERSION"));
                return ExitCode::SUCCESS;
            }
            "--help" => {
                print!("{HELP}");
                return ExitCode::SUCCESS;
            }
            _ => {}
        }
    }
    match hotelmate_console::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("HotelMate Console cannot start: {error:#}");
            ExitCode::FAILURE
        }
    }
}
