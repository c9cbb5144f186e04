//! `chromedriver`, which speaks the W3C's WebDriver protocol (JSON over HTTP) and drives Chromium.

use crate::patience::PATIENCE;
use crate::skip::{Need, skip};
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// How long a browser gives a script, and is given itself: more than what scripts wait for.
pub const SCRIPT_PATIENCE: Duration = PATIENCE.saturating_mul(2);

/// How often it is started until it has a port. It takes a free one of IPv6 and then the same of IPv4,
/// and ends if that is another program's.
const STARTS: usize = 10;

/// A running `chromedriver`; its browsers end before it.
#[derive(Debug)]
pub struct Driver {
    child: Child,
    address: SocketAddr,
}

impl Driver {
    /// Starts one; none where it is not installed, which is said for this test.
    pub fn start(test: &str) -> Option<Arc<Self>> {
        for _ in 0..STARTS {
            let mut child = match spawn() {
                Ok(child) => child,
                Err(error) => {
                    skip(test, Need::Chromium, &format!("chromedriver: {error}"));
                    return None;
                }
            };
            if let Some(port) = port_of(&mut child) {
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
                return Some(Arc::new(Self { child, address }));
            }
            child.wait().expect("it ends without a port");
        }
        panic!("chromedriver found no port in {STARTS} starts");
    }

    pub fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Value> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let mut stream = TcpStream::connect(self.address).expect("chromedriver listens");
        stream.set_read_timeout(Some(SCRIPT_PATIENCE)).expect("a socket");
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}",
            self.address
        );
        stream.write_all(request.as_bytes()).expect("chromedriver reads");
        let answer = read_body(BufReader::new(stream));
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        match &answer["value"] {
            error if error["error"].is_string() => Err(error.clone()),
            value => Ok(value.clone()),
        }
    }
}

fn spawn() -> io::Result<Child> {
    Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// The port that it says; none if it ends without one.
fn port_of(child: &mut Child) -> Option<u16> {
    let said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    said.map(|line| line.expect("UTF-8")).find_map(|line| {
        println!("chromedriver: {line}");
        let port = line.rsplit_once("started successfully on port ")?.1;
        port.trim_end_matches('.').parse().ok()
    })
}

/// The body of an answer that says its length.
fn read_body(mut answer: impl BufRead) -> Vec<u8> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line).expect("a head in UTF-8");
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().expect("a length");
            }
            None if line.trim().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).expect("as long as it says");
    body
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
