//! The least that a program of this toolchain can be: one window with a word in it, shown once its page is ready. What the console is measured
//! against.

#![expect(clippy::print_stdout, reason = "the bench reads it")]

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            WebviewWindowBuilder::new(app, "empty", WebviewUrl::App("index.html".into()))
                .inner_size(1180.0, 760.0)
                .visible(false)
                .on_document_title_changed(|window, title| {
                    // As the console tells it: the window system begins only then.
                    let now = jiff::Timestamp::now();
                    if title == "painted" && window.show().is_ok() {
                        println!("{now} painted and shown");
                    }
                })
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!(
            "src-tauri/benches/empty/tauri.conf.json"
        ))
}
