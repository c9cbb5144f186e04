//! The server as a service: the messages to its manager, its exit codes, its log.

use boxoffice_protocol::request::Request;
use boxoffice_testing::process::{Process, command, durable, program_at};
use boxoffice_testing::{PATIENCE, Raw, hello};
use rustix::process::Signal;
use serde_json::Value;
use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Output};

/// A service manager's end of the socket that services talk to it over.
pub(super) struct Manager {
    socket: UnixDatagram,
    folder: tempfile::TempDir,
}

impl Manager {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let socket = UnixDatagram::bind(folder.path().join("notify")).expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self { socket, folder }
    }

    pub(super) fn starts(&self, command: &mut Command) -> Process {
        Process::spawn(command.env("NOTIFY_SOCKET", self.folder.path().join("notify")))
    }

    pub(super) fn told(&self) -> String {
        let mut bytes = [0; 1_024];
        let length = self.socket.recv(&mut bytes).expect("it is told something");
        String::from_utf8(bytes[..length].to_vec()).expect("UTF-8")
    }

    fn is_told_no_more(&self) -> bool {
        self.socket.set_nonblocking(true).expect("a socket");
        let error = self.socket.recv(&mut [0; 1]).expect_err("nothing more");
        error.kind() == ErrorKind::WouldBlock
    }
}

#[test]
fn the_service_manager_is_told_when_it_serves_and_when_it_stops() {
    let manager = Manager::new();
    let process = manager.starts(&mut command());
    let starting = manager.told();
    assert!(starting.starts_with("STATUS=starting") && !starting.contains("READY"), "{starting}");
    let ready = manager.told();
    assert!(ready.lines().any(|line| line == "READY=1"), "{ready}");
    assert!(ready.contains(&process.address.to_string()), "{ready}");
    process.signal(Signal::TERM);
    assert!(manager.told().lines().any(|line| line == "STOPPING=1"));
    assert!(process.wait().0.success());
    assert!(manager.is_told_no_more());
}

/// The server with this log.
fn logging(log: &str) -> Command {
    let mut command = program_at("127.0.0.1:0", "127.0.0.1:0");
    command.args(["--memory", "--log", log]);
    command
}

/// The output of a server that does not start.
fn refused(command: &mut Command) -> Output {
    command.output().expect("the program is built")
}

#[test]
fn a_folder_that_a_person_has_to_look_at_has_an_exit_code_of_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let process = Process::spawn(&mut durable(&data));
    let in_use = refused(&mut durable(&data));
    assert_eq!(in_use.status.code(), Some(1), "this passes");
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
    std::fs::remove_dir_all(data.join("journal")).expect("it was there");
    let output = refused(&mut durable(&data));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("journal that belongs to"), "{stderr}");
}

#[test]
fn help_tells_the_exit_codes() {
    let output = refused(command().arg("--help"));
    let help = String::from_utf8_lossy(&output.stdout);
    assert!(help.contains("Exit codes") && help.contains("a person has to look"), "{help}");
}

/// Every line of a log, read as JSON.
fn json(log: &[u8]) -> Vec<Value> {
    let log = std::str::from_utf8(log).expect("UTF-8");
    let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    log.lines().map(read).collect()
}

#[tokio::test]
async fn a_json_log_is_an_object_a_line_and_has_one_for_a_connection() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("log");
    let log = std::fs::File::create(&path).expect("a file");
    let process = Process::spawn(logging("json,debug").stderr(log));
    let mut client = Raw::silent(process.address).await;
    let peer = client.stream.local_addr().expect("it is connected").to_string();
    client.ask(&hello()).await;
    for _ in 0..3 {
        client.ask(&Request::Ping).await;
    }
    drop(client);
    let mut hostile = Raw::silent(process.address).await;
    hostile.send_bytes(b"GET /\"\n{\x1b[31m HTTP/1.1\r\n\r\n").await;
    hostile.closed().await;
    drop(hostile);
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());

    let lines = json(&std::fs::read(&path).expect("a log"));
    let closed = |line: &&Value| line["message"] == "connection closed" && line["peer"] == peer;
    let closed: Vec<_> = lines.iter().filter(closed).collect();
    assert_eq!(closed.len(), 1, "{lines:#?}");
    let line = closed[0];
    assert_eq!((&line["cause"], &line["requests"]), (&"ByClient".into(), &4.into()));
    assert!(line["received"].as_u64() > Some(20) && line["sent"].as_u64() > Some(20), "{line}");
    assert!(line["seconds"].as_f64() > Some(0.0) && line["level"] == "DEBUG", "{line}");
    let stopping = lines.iter().find(|line| line["level"] == "INFO").expect("something");
    assert!(stopping["timestamp"].is_string() && stopping["message"].is_string(), "{stopping}");
}

#[test]
fn why_it_does_not_start_is_told_in_the_logs_format() {
    let output = refused(logging("json").args(["--hold-min", "5m", "--hold-max", "1m"]));
    assert_eq!(output.status.code(), Some(2));
    let lines = json(&output.stderr);
    let error = lines.last().and_then(|line| line["error"].as_str()).expect("an error");
    assert!(error.contains("hold-min"), "{error}");
}
