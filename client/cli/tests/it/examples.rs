//! The examples in every help, run on a demo as they stand.

use boxoffice_testing::cli::Cli;
use boxoffice_testing::process::program_at;
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{repository, test_name};
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// The commands below a command, as its help lists them.
fn commands_below(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| line.starts_with("  "));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The examples of a help, a script.
fn script_of(help: &str) -> String {
    let heading = |line: &&str| !["Examples:", "Example:"].contains(line);
    let lines = help.lines().skip_while(heading).skip(1);
    lines.take_while(|line| line.starts_with("  ")).map(|line| format!("{line}\n")).collect()
}

/// All helps, each with its command: `hold`, `event show`.
fn helps() -> Vec<(String, String)> {
    let mut helps = Vec::new();
    let mut commands = vec![String::new()];
    while let Some(command) = commands.pop() {
        let help = Cli::nowhere().done(&format!("{command} --help"));
        let below = commands_below(&help);
        commands
            .extend(below.iter().rev().map(|name| format!("{command} {name}").trim().to_owned()));
        helps.push((command, help));
    }
    helps
}

/// A demo after its races; killed when it is dropped.
struct Demo {
    child: Child,
    /// It ends with its reader.
    _stdout: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Demo {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program is built");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut line = || lines.next().expect("it goes on").expect("UTF-8");
        let address = line().trim_start_matches("listening on ").to_owned();
        while !line().contains("The server stays up") {}
        Self { child, _stdout: lines, address }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Examples<'a> {
    demo: &'a Demo,
    folder: &'a Path,
    path: String,
}

impl Examples<'_> {
    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", script]).current_dir(self.folder);
        command.env("BOXOFFICE_SERVER", &self.demo.address).env("PATH", &self.path);
        command.env("XDG_CONFIG_HOME", self.folder).env("XDG_STATE_HOME", self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, command: &str, script: &str) {
        let output = self.command(script).output().expect("bash runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {script}: {said}");
    }

    /// Runs what goes on until it has printed a line.
    fn begin(&self, script: &str) {
        let mut child = self.command(script).process_group(0).spawn().expect("bash runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("UTF-8");
        kill_process_group(Pid::from_child(&child), Signal::KILL).expect("it goes on");
        child.wait().expect("it was started");
        assert!(!line.is_empty(), "{script}");
    }
}

#[test]
fn every_example_runs_on_the_demo_as_it_stands() {
    if !Command::new("jq").arg("--version").output().is_ok_and(|jq| jq.status.success()) {
        return skip(test_name!(), Need::Script, "there is no jq");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [data, backups, work] = ["data", "backups", "work"].map(|name| folder.path().join(name));
    [&backups, &work].into_iter().for_each(|path| std::fs::create_dir(path).expect("a folder"));
    for plan in ["theatre.toml", "arena.toml"] {
        let example = repository("client/examples/plans").join(plan);
        std::fs::copy(example, work.join(plan)).expect("an example");
    }
    let mut command = program_at("127.0.0.1:0", "127.0.0.1:0");
    command.args(["--log", "warn", "--segment-mb", "9"]).arg("--data").arg(&data);
    command.arg("--backup-dir").arg(&backups).args(["--sync", "never", "demo"]);
    let demo = Demo::start(&mut command);
    let client = Cli::nowhere().command([""; 0]);
    let programs = [client.get_program(), command.get_program()].map(Path::new);
    let folders = programs.iter().filter_map(|program| program.parent());
    let folders: Vec<_> = folders.map(|folder| folder.display().to_string()).collect();
    let path = format!("{}:{}", folders.join(":"), std::env::var("PATH").unwrap_or_default());
    let examples = Examples { demo: &demo, folder: &work, path };
    let mut without = Vec::new();
    for (command, help) in helps() {
        let script = script_of(&help);
        match command.as_str() {
            _ if script.is_empty() => without.push(command),
            "watch" => script.lines().for_each(|line| examples.begin(line)),
            _ => examples.run(&command, &script),
        }
    }
    without.sort();
    let expected =
        ["context list", "context remove", "context show", "context use", "event", "plan"];
    assert_eq!(without, expected, "helps without examples");
}
