//! The functions that an engine runs for the store.
//!
//! Functions and not scripts (`EVALSHA`): the engine keeps them with its data, in the append-only
//! file and on replicas, so they are there after a restart and a failover. Their names have a hash of
//! their text: programs of two versions share an engine.

use super::connection::Link;
use super::failure::{CommandFailure, CommandFate};
use redis::{Cmd, Pipeline, Value, cmd};
use std::sync::LazyLock;
use twox_hash::XxHash3_64;

const TEXT: &str = include_str!("functions.lua");

static LIBRARY: LazyLock<String> =
    LazyLock::new(|| format!("boxoffice_{:016x}", XxHash3_64::oneshot(TEXT.as_bytes())));

/// A call of a function that may write.
pub(super) fn call(function: &str, keys: &[String]) -> Cmd {
    command("FCALL", function, keys)
}

/// A call of one that does not.
pub(super) fn look(function: &str, keys: &[String]) -> Cmd {
    command("FCALL_RO", function, keys)
}

fn command(name: &str, function: &str, keys: &[String]) -> Cmd {
    let mut command = cmd(name);
    command.arg(format!("{}_{function}", *LIBRARY)).arg(keys.len()).arg(keys);
    command
}

/// Has a primary know the functions.
pub(super) async fn load(connection: &mut Link) -> Result<(), CommandFailure> {
    let mut list = Pipeline::new();
    list.cmd("FUNCTION").arg("LIST").arg("LIBRARYNAME").arg(&*LIBRARY);
    let there = connection.send(&list).await?.pop();
    if matches!(there, Some(Value::Array(found)) if !found.is_empty()) {
        return Ok(());
    }
    let text = format!("#!lua name={}\n{}", *LIBRARY, TEXT.replace("LIBRARY", &LIBRARY));
    let mut load = Pipeline::new();
    load.cmd("FUNCTION").arg("LOAD").arg(text);
    match connection.send(&load).await?.pop() {
        Some(Value::ServerError(error)) => {
            let failure = CommandFailure::told(&error, connection.endpoint());
            // Another server was quicker.
            let is_there =
                failure.fate == CommandFate::Refused && failure.why.contains("already exists");
            if is_there { Ok(()) } else { Err(failure) }
        }
        _ => Ok(()),
    }
}
