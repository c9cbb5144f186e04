//! Measures Boxoffice beside its peers: see [`compare`].

mod compare;

use std::process::ExitCode;

fn main() -> ExitCode {
    compare::main()
}
