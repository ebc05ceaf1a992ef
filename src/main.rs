//! The `bidcast` program: reads the command line, asks the library, shows the answer and says by its exit code how it
//! went. All that touches a terminal is in [`cli`]; all that models a market is in the library.

#![forbid(unsafe_code)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
