//! Misfortunes of requests, REST and hub alike: late, cut, cut short, slow, or answered by whatever stands in front.
//!
//! A [`Fault`] says which requests it means, how many of them to skip and to hit, and what happens. The first one in
//! the order of adding that matches a request is used; a used-up one is forgotten.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::{Method, StatusCode};
use tokio::sync::watch;

type Matches = Arc<dyn Fn(&Method, &str) -> bool + Send + Sync>;

/// A misfortune and the requests it is meant for.
#[derive(Clone)]
pub struct Fault {
    matches: Matches,
    skip: usize,
    times: Option<usize>,
    effect: Effect,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("skip", &self.skip)
            .field("times", &self.times)
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}

/// What happens to the request.
#[derive(Clone, Debug)]
pub enum Effect {
    /// It reaches the hotel later, by tokio's clock.
    DelayBefore(Duration),
    /// The work is done, the answer leaves later.
    DelayAfter(Duration),
    /// It reaches the hotel when the gate opens.
    HoldBefore(Gate),
    /// The work is done, the answer leaves when the gate opens.
    HoldAfter(Gate),
    /// The connection is cut before the hotel has seen it.
    DropRequest,
    /// The work is done, then the connection is cut instead of an answer.
    DropAnswer,
    /// The work is done; the connection is cut after half of the answer's body.
    CutBody,
    /// The work is done; the body leaves in pieces of this many bytes, with this pause before each.
    SlowBody {
        /// Bytes of one piece.
        piece: usize,
        /// Before each piece.
        pause: Duration,
    },
    /// The hotel never sees it: this is the answer.
    Instead(Canned),
    /// The work is done, but this is the answer.
    InsteadOfAnswer(Canned),
}

/// An answer of whatever stands in front of the hotel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canned {
    /// Its status.
    pub status: StatusCode,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its content type.
    pub content_type: &'static str,
    /// Its body.
    pub body: Vec<u8>,
}

impl Canned {
    /// An HTML page, as gateways send it.
    pub fn html(status: StatusCode) -> Self {
        let words = status.canonical_reason().unwrap_or("Error");
        let body = format!(
            "<html>\r\n<head><title>{0} {words}</title></head>\r\n<body>\r\n<center><h1>{0} {words}</h1></center>\r\n\
             <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
            status.as_u16()
        );
        Self {
            status,
            headers: vec![],
            content_type: "text/html",
            body: body.into_bytes(),
        }
    }

    /// A JSON body, sent as it is: it need not be JSON.
    pub fn json(status: StatusCode, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![],
            content_type: "application/json",
            body: body.into(),
        }
    }

    /// 429 in the framework's words, with `Retry-After` in seconds.
    pub fn too_many_requests(retry_after: u64) -> Self {
        let detail = format!("Request was throttled. Expected available in {retry_after} seconds.");
        let body = serde_json::json!({ "detail": detail }).to_string();
        let mut answer = Self::json(StatusCode::TOO_MANY_REQUESTS, body);
        answer.headers.push(("retry-after", retry_after.to_string()));
        answer
    }

    /// A redirect to `location`.
    pub fn redirect(status: StatusCode, location: impl Into<String>) -> Self {
        let headers = vec![("location", location.into())];
        Self {
            status,
            headers,
            content_type: "text/html",
            body: vec![],
        }
    }
}

impl Fault {
    /// For every request.
    pub fn on_any(effect: Effect) -> Self {
        Self::on_matching(|_, _| true, effect)
    }

    /// For requests of this method whose path contains `part`.
    pub fn on(method: Method, part: impl Into<String>, effect: Effect) -> Self {
        let part = part.into();
        Self::on_matching(move |sent, path| *sent == method && path.contains(&part), effect)
    }

    /// For requests whose method and path (without the query) `matches` likes.
    pub fn on_matching(
        matches: impl Fn(&Method, &str) -> bool + Send + Sync + 'static,
        effect: Effect,
    ) -> Self {
        Self {
            matches: Arc::new(matches),
            skip: 0,
            times: Some(1),
            effect,
        }
    }

    /// Spares the first `skip` matching requests.
    #[must_use]
    pub fn after(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }

    /// Hits this many matching requests; one unless said.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Hits every matching request until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }
}

/// Something closed that requests wait at, and that a test opens. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// A closed gate.
    pub fn closed() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Opens it for good.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn pass(&self) {
        let mut state = self.0.subscribe();
        // The sender lives in `self`, so an error can't happen.
        let _ = state.wait_for(|open| *open).await;
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RequestFaults(Arc<Mutex<Vec<Fault>>>);

impl RequestFaults {
    fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, fault: Fault) {
        self.faults().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.faults().clear();
    }

    /// What happens to this request.
    pub(crate) fn effect_on(&self, method: &Method, path: &str) -> Option<Effect> {
        let mut faults = self.faults();
        let mut hit = None;
        faults.retain_mut(|fault| {
            if hit.is_some() || !(fault.matches)(method, path) {
                return true;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                return true;
            }
            hit = Some(fault.effect.clone());
            match &mut fault.times {
                None => true,
                Some(times) => {
                    *times = times.saturating_sub(1);
                    *times > 0
                }
            }
        });
        hit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_skips_hits_and_is_forgotten() {
        let faults = RequestFaults::default();
        faults.add(
            Fault::on(Method::POST, "/offers/", Effect::DropAnswer)
                .after(1)
                .times(2),
        );
        let hits: Vec<bool> = (0..5)
            .map(|_| faults.effect_on(&Method::POST, "/api/offers/").is_some())
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert!(faults.faults().is_empty());
    }

    #[test]
    fn other_requests_are_spared() {
        let faults = RequestFaults::default();
        faults.add(Fault::on(Method::POST, "/offers/", Effect::DropAnswer).always());
        assert!(faults.effect_on(&Method::GET, "/api/offers/").is_none());
        assert!(faults.effect_on(&Method::POST, "/api/login/").is_none());
        assert!(faults.effect_on(&Method::POST, "/api/offers/").is_some());
        faults.clear();
        assert!(faults.effect_on(&Method::POST, "/api/offers/").is_none());
    }
}
