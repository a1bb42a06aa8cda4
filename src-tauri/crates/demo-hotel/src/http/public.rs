//! The public page's data, for guests: no sign-in.

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};

use super::{App, answers::method_not_allowed};
use crate::hotel::{PublicPage, Refusal};

pub(super) fn routes() -> Router<App> {
    Router::new().route(
        "/api/hotel/public/page/{slug}/",
        get(page).fallback(method_not_allowed),
    )
}

async fn page(State(app): State<App>, Path(slug): Path<String>) -> Result<Json<PublicPage>, Refusal> {
    Ok(Json(app.read(move |hotel| hotel.public_page(&slug)).await?))
}
