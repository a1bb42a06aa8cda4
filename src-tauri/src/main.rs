//! hm
fn main() {}
