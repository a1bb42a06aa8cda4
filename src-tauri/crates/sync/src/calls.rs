//! Carries out the engine's calls: one attempt each, answered with the kind of answer that belongs to it.

use std::sync::Arc;

use api::{Api, PictureAnswer, Progress, Staff, Transport, Upload, Validators, is_loopback};
use cache::PhotoFiles;
use url::Url;

use crate::effect::{Answer, Call, Fetched, PictureError};
use crate::view::StagedPhoto;

/// What a call needs besides itself.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) photos: PhotoFiles,
    pub(crate) staff: Option<Staff>,
}

/// `progress` is told how far a photo is on its way.
pub(crate) async fn perform(call: Call, means: Means, progress: Progress) -> Answer {
    if let Call::SignIn {
        base,
        username,
        password,
    } = call
    {
        return Answer::SignedIn(
            Api::new(base, means.transport)
                .sign_in(&username, &password.0)
                .await,
        );
    }
    // The engine sends staff calls only while it holds a token; this can be reached only in the instant after signing out.
    let Some(staff) = means.staff else {
        return nobody(&call);
    };
    let photos = &means.photos;
    match call {
        Call::SignIn { .. } | Call::List => Answer::Listed(staff.list().await),
        Call::Read(id) => Answer::Offer(staff.read(id).await.map(Box::new)),
        Call::Create(fields, photo) => Answer::Offer(match upload(photos, photo, progress).await {
            Ok(photo) => staff.create(&fields, photo).await.map(Box::new),
            Err(error) => Err(error),
        }),
        Call::Update(id, patch) => Answer::Offer(staff.update(id, &patch).await.map(Box::new)),
        Call::Delete(id) => Answer::Deleted(staff.delete(id).await),
        Call::Upload(id, photo) => Answer::Uploaded(match upload(photos, Some(photo), progress).await {
            Ok(Some(photo)) => staff
                .upload_image(id, photo)
                .await
                .map(|uploaded| uploaded.photo_url),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        }),
        Call::RemovePhoto(id) => Answer::Offer(staff.remove_photo(id).await.map(Box::new)),
        Call::PublicPage => Answer::PublicPage(staff.public_page().await.map(Box::new)),
        Call::Picture { url, known } => Answer::Picture(picture(&staff, photos, &url, known).await),
    }
}

fn nobody(call: &Call) -> Answer {
    let error = api::Error::SignedOut {
        words: "Signed out.".to_owned(),
    };
    match call {
        Call::SignIn { .. } => Answer::SignedIn(Err(error)),
        Call::List => Answer::Listed(Err(error)),
        Call::Read(_) | Call::Create(..) | Call::Update(..) | Call::RemovePhoto(_) => {
            Answer::Offer(Err(error))
        }
        Call::Delete(_) => Answer::Deleted(Err(error)),
        Call::Upload(..) => Answer::Uploaded(Err(error)),
        Call::PublicPage => Answer::PublicPage(Err(error)),
        Call::Picture { .. } => Answer::Picture(Err(PictureError::Later)),
    }
}

/// A staged photo with its bytes. Bytes that are gone are a refusal: no later try would find them.
async fn upload(
    photos: &PhotoFiles,
    photo: Option<StagedPhoto>,
    progress: Progress,
) -> Result<Option<Upload>, api::Error> {
    let Some(photo) = photo else { return Ok(None) };
    let bytes = blocking({
        let photos = photos.clone();
        move || photos.get(photo.hash)
    })
    .await;
    match bytes {
        Ok(bytes) => Ok(Some(Upload {
            name: photo.name,
            content_type: photo.content_type,
            bytes: bytes.into(),
            progress: Some(progress),
        })),
        Err(error) => {
            tracing::error!(%error, "the bytes of a waiting photo cannot be read");
            let words = "The photo is no longer on this computer. Choose it again.".to_owned();
            let fields = [("photo".to_owned(), vec![words.clone()])].into();
            Err(api::Error::Refused {
                status: 0,
                words,
                fields,
            })
        }
    }
}

async fn picture(
    staff: &Staff,
    photos: &PhotoFiles,
    url: &str,
    known: Option<Validators>,
) -> Result<Option<Fetched>, PictureError> {
    let address = address(url).ok_or_else(|| PictureError::Unusable(format!("not an address: {url}")))?;
    match staff.picture(&address, known.as_ref()).await {
        Ok(PictureAnswer::NotModified) => Ok(None),
        Ok(PictureAnswer::Picture { bytes, validators }) => {
            let photos = photos.clone();
            let kept = blocking(move || photos.put(&bytes)).await;
            let hash = kept.map_err(|error| {
                tracing::error!(%error, "a picture could not be kept");
                PictureError::Later
            })?;
            Ok(Some(Fetched { hash, validators }))
        }
        Err(error) => Err(picture_error(url, &error)),
    }
}

fn picture_error(url: &str, error: &api::Error) -> PictureError {
    let why = format!("{url}: {error}");
    match error {
        api::Error::Unreachable { .. } | api::Error::Busy { .. } => PictureError::Later,
        api::Error::Missing { .. } | api::Error::Refused { .. } => PictureError::NotYet(why),
        api::Error::SignedOut { .. } | api::Error::Unreadable { .. } => PictureError::Unusable(why),
    }
}

/// `photo_url` can say `http` where `https` works; only servers on this computer are asked without encryption.
fn address(photo_url: &str) -> Option<Url> {
    let mut url = Url::parse(photo_url).ok()?;
    if url.scheme() == "http" && !is_loopback(&url.host()?) {
        url.set_scheme("https").ok()?;
    }
    Some(url)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_is_not_given_out_may_be_a_little_later_and_what_is_no_picture_is_none() {
        let refused = |status| api::Error::Refused {
            status,
            words: String::new(),
            fields: model::FieldErrors::new(),
        };
        let missing = api::Error::Missing { words: String::new() };
        for error in [refused(404), refused(403), missing] {
            let told = picture_error("http://127.0.0.1/a.jpg", &error);
            assert!(matches!(told, PictureError::NotYet(_)), "{error:?}: {told:?}");
        }
        let unreadable = api::Error::Unreadable {
            reason: "text/html".into(),
        };
        let told = picture_error("http://127.0.0.1/a.jpg", &unreadable);
        assert!(matches!(told, PictureError::Unusable(_)), "{told:?}");
    }

    #[test]
    fn pictures_of_other_computers_are_fetched_encrypted() {
        let cases = [
            ("http://res.example/a.jpg", Some("https://res.example/a.jpg")),
            ("https://res.example/a.jpg", Some("https://res.example/a.jpg")),
            (
                "http://127.0.0.1:8000/media/a.jpg",
                Some("http://127.0.0.1:8000/media/a.jpg"),
            ),
            ("http://localhost/a.jpg", Some("http://localhost/a.jpg")),
            ("/media/a.jpg", None),
            ("", None),
        ];
        for (given, asked) in cases {
            assert_eq!(address(given).as_ref().map(Url::as_str), asked, "{given}");
        }
    }
}
