//! The program `boxoffice`, run as people and scripts run it.

use crate::binaries::boxoffice;
use crate::process::without_settings;
use crate::run::Run;
use serde_json::Value;
use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A terminal at which `boxoffice` is typed, for one server.
#[derive(Debug, Clone)]
pub struct Cli {
    /// None for lines that name their server.
    server: Option<String>,
}

impl Cli {
    /// Of the server at this address or URL.
    pub fn at(server: impl fmt::Display) -> Self {
        Self { server: Some(server.to_string()) }
    }

    pub fn nowhere() -> Self {
        Self { server: None }
    }

    /// The program with these arguments, and no settings from the environment but the server.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(boxoffice());
        without_settings(&mut command).env_remove("NO_COLOR");
        // A developer's own contexts are no settings of a test.
        command.env("XDG_CONFIG_HOME", "/nonexistent");
        if let Some(server) = &self.server {
            command.env("BOXOFFICE_SERVER", server);
        }
        command.stdin(Stdio::null()).args(arguments);
        command
    }

    /// Runs a line whose words are split at spaces.
    pub fn run(&self, line: &str) -> Run {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs words that may have spaces.
    pub fn run_words(&self, words: &[&str]) -> Run {
        self.command(words).output().expect("the program runs").into()
    }

    /// Stdout of a line that ends well.
    #[track_caller]
    pub fn done(&self, line: &str) -> String {
        self.run(line).ended(0).stdout
    }

    /// The one object that a line prints with `--json`, which ends well.
    #[track_caller]
    pub fn object(&self, line: &str) -> Value {
        let mut objects = self.run(&format!("{line} --json")).ended(0).objects();
        assert_eq!(objects.len(), 1, "{line}: {objects:?}");
        objects.remove(0)
    }

    /// All objects that a line prints with `--json`, which ends well.
    #[track_caller]
    pub fn objects(&self, line: &str) -> Vec<Value> {
        self.run(&format!("{line} --json")).ended(0).objects()
    }

    /// The name of the refusal that a line ends with, and its object.
    #[track_caller]
    pub fn refused(&self, line: &str) -> (String, Value) {
        let run = self.run(&format!("{line} --json")).ended(1);
        assert_eq!(run.stderr, "", "a refusal is data where JSON is wanted");
        let object = run.objects().remove(0);
        let name = object["refused"].as_str().unwrap_or_else(|| panic!("{line}: {object}"));
        (name.to_owned(), object)
    }

    /// Starts a line whose output is read as it comes.
    pub fn start(&self, line: &str) -> Running {
        let mut command = self.command(line.split_whitespace());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program runs");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        Running { child, lines: stdout.lines() }
    }
}

/// A run that goes on; killed when it is dropped.
pub struct Running {
    pub child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// The next line that it prints; none at its end.
    pub fn line(&mut self) -> Option<String> {
        self.lines.next().map(|line| line.expect("UTF-8"))
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it runs");
    }

    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("it was started").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
