//! The process of the attackers: on core 1, where it runs when nothing else wants to.

use crate::attack::Attack;
use anyhow::{Context, ensure};
use clap::ValueEnum as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

/// Within this time an attack has begun.
const BEGINS_WITHIN: Duration = Duration::from_secs(60);

/// Killed when this is dropped.
pub(crate) struct Attackers(Child);

impl Attackers {
    /// Starts the attack, and waits until it has begun.
    pub(crate) fn start(attack: &Attack) -> anyhow::Result<Self> {
        let Attack { deed, address, http, token, connections } = attack;
        let deed = deed.to_possible_value().context("a deed has a name")?;
        let mut command = Command::new("chrt");
        command.args(["--idle", "0", "taskset", "--cpu-list", "1"]);
        command.arg(std::env::current_exe()?).arg("attack").arg(deed.get_name());
        command.args([address.to_string(), http.to_string(), token.clone()]);
        command.arg(connections.to_string()).stdout(Stdio::piped());
        let mut child = command.spawn().context("chrt and taskset are of util-linux")?;
        let stdout = child.stdout.take().context("it is piped")?;
        let attackers = Self(child);
        let (say, said) = sync_channel(1);
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(stdout).read_line(&mut line);
            // The receiver may have gone.
            let _ = say.send(read.is_ok() && line.trim() == "attacking");
        });
        let has_begun = said.recv_timeout(BEGINS_WITHIN).unwrap_or(false);
        ensure!(has_begun, "the attackers did not begin within {BEGINS_WITHIN:?}");
        Ok(attackers)
    }

    /// Ends the attack, which must have lasted until now.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let ended = self.0.try_wait()?;
        ensure!(ended.is_none(), "the attackers ended early: {ended:?}");
        Ok(())
    }
}

impl Drop for Attackers {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
