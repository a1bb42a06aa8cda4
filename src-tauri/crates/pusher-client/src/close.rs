//! Close codes, and what they say about coming back.
//!
//! Absent: the waits themselves. How long, and how often in a row, is `state.rs`'s to say.

/// What a close code says about coming back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comeback {
    Never(u16),
    AtOnceOverTls,
    AtOnce,
    AfterASecond,
    Backoff,
}

impl Comeback {
    pub(crate) fn after(code: Option<u16>) -> Self {
        match code {
            Some(4000) => Self::AtOnceOverTls,
            Some(code @ 4001..=4099) => Self::Never(code),
            Some(4100..=4199) => Self::AfterASecond,
            Some(4200..=4299) => Self::AtOnce,
            _ => Self::Backoff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ends of every range, and what lies around them.
    #[test]
    fn every_close_code_says_when_to_come_back() {
        use Comeback::{AfterASecond, AtOnce, AtOnceOverTls, Backoff, Never};
        for (code, expected) in [
            (None, Backoff),
            (Some(0), Backoff),
            (Some(1000), Backoff),
            (Some(1001), Backoff),
            (Some(1002), Backoff),
            (Some(1003), Backoff),
            (Some(1004), Backoff),
            (Some(1006), Backoff),
            (Some(1011), Backoff),
            (Some(1015), Backoff),
            (Some(3999), Backoff),
            (Some(4000), AtOnceOverTls),
            (Some(4001), Never(4001)),
            (Some(4099), Never(4099)),
            (Some(4100), AfterASecond),
            (Some(4199), AfterASecond),
            (Some(4200), AtOnce),
            (Some(4299), AtOnce),
            (Some(4300), Backoff),
            (Some(4301), Backoff),
            (Some(4999), Backoff),
            (Some(u16::MAX), Backoff),
        ] {
            assert_eq!(Comeback::after(code), expected, "{code:?}");
        }
    }
}
