//! The client against a scripted server on a real socket. Which row of the protocol's table is shown where:
//! `tests/README.md`.
//!
//! Waits are real but short: the configured timings are milliseconds. The exact arithmetic of long waits is
//! tested in the pure parts, on made-up time.

#[cfg(test)]
mod channels;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod lag;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod liveness;
#[cfg(test)]
mod losses;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tls;
