//! Requests as they pass, for the list of activities.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use api::{Request, Response};
use api::{Transport, TransportError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::activity::Activity;

/// More between two turns of the engine than its own limits allow.
const MOST: usize = 500;

/// What was recorded and not been told yet.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Vec<Activity>>>);

impl Notes {
    pub(crate) fn take(&self) -> Vec<Activity> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, note: Activity) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < MOST {
            notes.push(note);
        }
    }
}

/// A transport that notes each request: its method, its path and what came of it. Neither headers nor bodies.
pub(crate) struct Recorder {
    transport: Arc<dyn Transport>,
    notes: Notes,
}

impl Recorder {
    pub(crate) fn new(transport: Arc<dyn Transport>, notes: Notes) -> Self {
        Self { transport, notes }
    }
}

impl Transport for Recorder {
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let (answer, notes, begun) = (
            self.transport.execute(request),
            self.notes.clone(),
            Instant::now(),
        );
        async move {
            let answer = answer.await;
            notes.push(Activity::Request {
                method,
                path,
                status: answer.as_ref().ok().map(|response| response.status().as_u16()),
                millis: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
                error: answer.as_ref().err().map(ToString::to_string),
            });
            answer
        }
        .boxed()
    }
}
