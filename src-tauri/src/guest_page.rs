//! The hotel's page in the system's browser, where its address is known: the demo hotel serves one. Where another server's page is,
//! nobody has told us.
//!
//! Besides the page about a newer version (`update_check`), this is all that is opened outside of this program, and no window names it.

use sync::Console;
use sync::problem::{AppError, ErrorCode};
use sync::view::Session;

use crate::demo::DemoMode;

/// Where the page of the signed-in hotel is.
pub(crate) async fn address(console: &Console, demo: &DemoMode) -> Result<Option<String>, AppError> {
    Ok(match console.snapshot().await?.session {
        Session::SignedIn {
            account, demo: true, ..
        }
        | Session::Expired {
            account, demo: true, ..
        } => demo.page_url(account.hotel_slug.as_str()).await,
        _ => None,
    })
}

/// Opens it.
pub(crate) async fn open(console: &Console, demo: &DemoMode) -> Result<(), AppError> {
    let Some(address) = address(console, demo).await? else {
        let words = "Where this hotel's page is, the console does not know.";
        return Err(AppError::new(ErrorCode::NotFound, words));
    };
    in_browser(&address)
}

/// Opens a page in the system's browser. No window names which.
pub(crate) fn in_browser(address: &str) -> Result<(), AppError> {
    open::that_detached(address).map_err(|error| {
        let words = format!("No browser could be opened: {error}. The page is at {address}");
        AppError::new(ErrorCode::Internal, words)
    })
}
