//! Why a call did not succeed, sorted by what its reader does next.
//!
//! `Display` is for the person at the desk; `reason` fields and statuses are for the log. Words never hold markup, tokens or
//! anything else of an answer that was not meant to be read.

use std::time::Duration;

use model::FieldErrors;

use crate::transport::TransportError;

/// What came instead of an answer that means success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No answer. Try again later.
    #[error("{}", if *.sent { "The connection to HotelMate broke before it answered." } else { "HotelMate cannot be reached." })]
    Unreachable {
        /// The request may have reached the server: it may have done what was asked.
        sent: bool,
        /// What the network said.
        reason: String,
    },
    /// 408, 429 or 5xx: not now. Try again later; a write may have been done all the same.
    #[error("{words}")]
    Busy {
        /// The answer's status.
        status: u16,
        /// How long the server wants to be left alone, at most an hour.
        retry_after: Option<Duration>,
        /// The server's words, or ours for the status.
        words: String,
    },
    /// 401: the token is no longer good. Nothing else succeeds before a new sign-in.
    #[error("{words}")]
    SignedOut {
        /// The server's words, or ours.
        words: String,
    },
    /// 404 by HotelMate itself: the offer is gone (for a picture: no picture is there).
    #[error("{words}")]
    Missing {
        /// The server's words, or ours.
        words: String,
    },
    /// The server understood and will not, now or later: a person has to change something.
    ///
    /// Redirects that are not followed are here too, and 404s that are not HotelMate's own.
    #[error("{words}")]
    Refused {
        /// The answer's status.
        status: u16,
        /// Everything the server said, on one line.
        words: String,
        /// What it said about single fields, by the wire's names; nested names are joined by dots.
        fields: FieldErrors,
    },
    /// Success, with a body that says nothing we can use. **A write has probably been done.**
    #[error("HotelMate sent an answer that this program cannot read.")]
    Unreadable {
        /// What was wrong with it.
        reason: String,
    },
}

impl Error {
    pub(crate) fn unreadable(reason: impl ToString) -> Self {
        Self::Unreadable {
            reason: reason.to_string(),
        }
    }

    /// Whether the server may have done what was asked although no success was seen.
    ///
    /// A create must be looked up before it is sent again.
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::Unreachable { sent, .. } => *sent,
            // These two say that nothing was begun. A 503 does not: some hosts send it when their own wait for the program ended.
            Self::Busy { status, .. } => !matches!(status, 408 | 429),
            Self::Unreadable { .. } => true,
            Self::SignedOut { .. } | Self::Missing { .. } | Self::Refused { .. } => false,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::NotSent { reason } => Self::Unreachable { sent: false, reason },
            TransportError::Lost { reason } => Self::Unreachable { sent: true, reason },
        }
    }
}
