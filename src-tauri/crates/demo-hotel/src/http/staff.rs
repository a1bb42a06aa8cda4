//! Sign-in, and the offers as staff manage them.
//!
//! The order of judgement is the framework's: token, hotel, offer, body, fields.

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    App, Told,
    answers::method_not_allowed,
    body::{self, FieldNames},
    faults::AfterAnswer,
};
use crate::hotel::{Form, Hotel, Offer, Page, Refusal, Upload};

pub(super) fn routes() -> Router<App> {
    const OFFERS: &str = "/api/staff/hotel/{slug}/offers/";
    Router::new()
        .route("/api/staff/login/", post(sign_in).fallback(method_not_allowed))
        .route(OFFERS, get(list).post(create).fallback(method_not_allowed))
        .route(
            &format!("{OFFERS}{{id}}/"),
            get(read)
                .patch(update)
                .delete(delete)
                .fallback(method_not_allowed),
        )
        .route(
            &format!("{OFFERS}{{id}}/upload-image/"),
            post(upload).fallback(method_not_allowed),
        )
}

async fn sign_in(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<Response, Response> {
    let form = form(&headers, body).await?;
    let names = FieldNames(form.field_names());
    let (username, password) = form.credentials();
    let signed_in = app
        .read(move |hotel| hotel.sign_in(username.as_ref(), password.as_ref()))
        .await
        .map_err(|refusal| with_names(refusal, names.clone()))?;
    Ok(with_names(Json(signed_in), names))
}

/// The token and hotel that a request came with.
struct Caller {
    token: Result<String, Refusal>,
    hotel_id: Option<String>,
    hotel_slug: Option<String>,
    slug: String,
}

impl Caller {
    fn new(headers: &HeaderMap, slug: String) -> Self {
        let text = |name: &str| {
            headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let token = match text("authorization")
            .as_deref()
            .map(|value| value.split_whitespace().collect::<Vec<_>>())
        {
            Some(words)
                if words
                    .first()
                    .is_some_and(|word| word.eq_ignore_ascii_case("token")) =>
            {
                match words.as_slice() {
                    [_, token] => Ok((*token).to_owned()),
                    [_] => Err(Refusal::Unauthorised(
                        "Invalid token header. No credentials provided.",
                    )),
                    _ => Err(Refusal::Unauthorised(
                        "Invalid token header. Token string should not contain spaces.",
                    )),
                }
            }
            _ => Err(Refusal::Unauthorised(
                "Authentication credentials were not provided.",
            )),
        };
        Self {
            token,
            hotel_id: text("x-hotel-id"),
            hotel_slug: text("x-hotel-slug"),
            slug,
        }
    }

    /// Lets staff of this hotel in. The headers are not required (tools that only look leave them out), but they may
    /// not say another hotel than the path.
    fn enter(self, hotel: &Hotel) -> Result<String, Refusal> {
        let staff = hotel.staff_with_token(&self.token?)?;
        let place = staff
            .hotel
            .filter(|place| place.slug == self.slug)
            .ok_or(Refusal::OtherHotel)?;
        let id_fits = self.hotel_id.is_none_or(|id| id.trim() == place.id.to_string());
        let slug_fits = self.hotel_slug.is_none_or(|slug| slug.trim() == place.slug);
        if id_fits && slug_fits {
            Ok(self.slug)
        } else {
            Err(Refusal::OtherHotel)
        }
    }
}

/// An id that is no number is no offer.
fn offer_id(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::NoOffer)
}

#[derive(Deserialize)]
struct ListQuery {
    page: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    count: i64,
    next: Option<String>,
    previous: Option<String>,
    results: Vec<Offer>,
}

async fn list(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(query): Query<ListQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = Caller::new(&headers, slug);
    let page = app
        .read(move |hotel| {
            let slug = caller.enter(hotel)?;
            let number = match query.page.as_deref() {
                None => 1,
                Some("last") => hotel.last_page(&slug)?,
                Some(text) => text.trim().parse().map_err(|_| Refusal::NoPage)?,
            };
            hotel.page(&slug, number)
        })
        .await?;
    app.observations().change(|seen| seen.list_reads += 1);
    Ok(Json(listed(&app, page, &uri, &headers)).into_response())
}

/// Absolute links on the host that the client named, as Django builds them.
fn listed(app: &App, page: Page, uri: &Uri, headers: &HeaderMap) -> Listed {
    let origin = app.manners().link_origin.clone().unwrap_or_else(|| {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("testserver");
        format!("http://{host}")
    });
    let link = |number: i64| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            if key != "page" {
                query.append_pair(&key, &value);
            }
        }
        // The first page's address has no number.
        if number > 1 {
            query.append_pair("page", &number.to_string());
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{origin}{}{mark}{query}", uri.path())
    };
    Listed {
        count: page.count,
        next: page.has_next.then(|| link(page.number + 1)),
        previous: (page.number > 1).then(|| link(page.number - 1)),
        results: page.offers,
    }
}

async fn read(
    State(app): State<App>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Offer>, Refusal> {
    let caller = Caller::new(&headers, slug);
    let offer = app
        .read(move |hotel| {
            let slug = caller.enter(hotel)?;
            hotel.offer(&slug, offer_id(&id)?)
        })
        .await?;
    Ok(Json(offer))
}

async fn create(
    State(app): State<App>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let bytes = body::read(body).await.map_err(IntoResponse::into_response)?;
    let caller = Caller::new(&headers, slug);
    let slug = app
        .read(move |hotel| caller.enter(hotel))
        .await
        .map_err(IntoResponse::into_response)?;
    let form = body::parse(&headers, bytes)
        .await
        .map_err(IntoResponse::into_response)?;
    let names = FieldNames(form.field_names());
    let told = app
        .change_for_request(move |hotel, now| hotel.create(&slug, form, now))
        .await
        .map_err(|refusal| with_names(refusal, names.clone()))?;
    Ok(with_names(answer(StatusCode::CREATED, told), names))
}

async fn update(
    State(app): State<App>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let (slug, id, form) = existing(&app, slug, &id, &headers, body).await?;
    let names = FieldNames(form.field_names());
    let told = app
        .change_for_request(move |hotel, now| hotel.update(&slug, id, form, now))
        .await
        .map_err(|refusal| with_names(refusal, names.clone()))?;
    Ok(with_names(answer(StatusCode::OK, told), names))
}

async fn delete(
    State(app): State<App>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = Caller::new(&headers, slug);
    let Told { after, .. } = app
        .change_for_request(move |hotel, _| {
            let slug = caller.enter(hotel)?;
            hotel.delete(&slug, offer_id(&id)?)
        })
        .await?;
    Ok(after_answer(StatusCode::NO_CONTENT.into_response(), after))
}

async fn upload(
    State(app): State<App>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let (slug, id, form) = existing(&app, slug, &id, &headers, body).await?;
    let names = FieldNames(form.field_names());
    let photo: Option<Upload> = form.into_file("photo");
    let Told { answer, after } = app
        .change_for_request(move |hotel, now| hotel.upload_photo(&slug, id, photo, now))
        .await
        .map_err(|refusal| with_names(refusal, names.clone()))?;
    let words = Json(json!({"message": "Image uploaded", "photo_url": answer.photo_url}));
    Ok(with_names(after_answer(words.into_response(), after), names))
}

/// The offer that a request with a body is about, and the body: in the framework's order of judgement.
async fn existing(
    app: &App,
    slug: String,
    id: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<(String, i64, Form), Response> {
    let bytes = body::read(body).await.map_err(IntoResponse::into_response)?;
    let caller = Caller::new(headers, slug);
    let id = offer_id(id);
    let (slug, id) = app
        .read(move |hotel| {
            let slug = caller.enter(hotel)?;
            let id = id?;
            hotel.offer(&slug, id)?;
            Ok((slug, id))
        })
        .await
        .map_err(IntoResponse::into_response)?;
    let form = body::parse(headers, bytes)
        .await
        .map_err(IntoResponse::into_response)?;
    Ok((slug, id, form))
}

async fn form(headers: &HeaderMap, body: Body) -> Result<Form, Response> {
    let bytes = body::read(body).await.map_err(IntoResponse::into_response)?;
    body::parse(headers, bytes)
        .await
        .map_err(IntoResponse::into_response)
}

fn answer(status: StatusCode, told: Told<Offer>) -> Response {
    after_answer((status, Json(told.answer)).into_response(), told.after)
}

fn after_answer(mut answer: Response, broadcasts: Vec<crate::hotel::Broadcast>) -> Response {
    if !broadcasts.is_empty() {
        answer.extensions_mut().insert(AfterAnswer(broadcasts));
    }
    answer
}

fn with_names(answer: impl IntoResponse, names: FieldNames) -> Response {
    let mut answer = answer.into_response();
    answer.extensions_mut().insert(names);
    answer
}
