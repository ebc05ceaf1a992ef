//! The command line of bidcast.
fn main() {}
