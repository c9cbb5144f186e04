//! The process of the attackers: on core 1, where it runs when nothing else wants to.

use crate::attack::Attack;
use anyhow::{Context, ensure};
use clap::ValueEnum as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

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
        let mut said = String::new();
        BufReader::new(stdout).read_line(&mut said)?;
        ensure!(said.trim() == "attacking", "the attackers did not begin");
        Ok(attackers)
    }
}

impl Drop for Attackers {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
