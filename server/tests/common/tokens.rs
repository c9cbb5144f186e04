//! Tokens, for servers in the test's process and for others.

use super::cli::Run;
use super::{PATIENCE, Raw, START, create, customer, hello_with};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::{Principal, Token};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_server::auth::{Role, TokenEntry};
use boxoffice_server::config::Config;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The role of a customer.
pub fn of_customer(name: &str) -> Role {
    Role::Customer(customer(name))
}

/// A token that servers with these settings let in.
pub fn admit(config: &mut Config, name: &str, role: Role, expires: Option<Timestamp>) -> Token {
    let name = Principal::parse(name).expect("a name");
    let (token, entry) = TokenEntry::new(name, role, START, expires).expect("random bytes");
    config.tokens.others.push(entry);
    token
}

/// A server with this film, and a token of every role: an admin's, an agent's, ann's, a reader's.
pub async fn with_every_role(mut config: Config, of: EventSpec) -> (Server, [Token; 4]) {
    let roles = [Role::Admin, Role::Agent, of_customer("ann"), Role::Reader];
    let mut number = 0;
    let tokens = roles.map(|role| {
        number += 1;
        admit(&mut config, &format!("token {number}"), role, None)
    });
    let server = super::start(config).await;
    enter(server.address(), &tokens[0]).await.ask(&create("film", of)).await;
    (server, tokens)
}

/// A token, but for one letter.
pub fn altered(token: &Token, index: usize) -> Token {
    let mut text = token.as_str().as_bytes().to_vec();
    let index = index % text.len();
    text[index] = if text[index] == b'x' { b'y' } else { b'x' };
    Token::parse(std::str::from_utf8(&text).expect("ASCII")).expect("visible text")
}

/// A file of tokens, and the commands that change it.
pub struct TokenFolder {
    folder: TempDir,
}

impl TokenFolder {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The file, which is not there before the first token is.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("tokens.toml")
    }

    /// Runs `boxoffice-server token` with these words.
    pub fn run(&self, words: &[&str]) -> Run {
        let file = self.file();
        token_command(&[words, &["--tokens", file.to_str().expect("UTF-8")]].concat())
    }

    /// A new token.
    pub fn create(&self, name: &str, more: &[&str]) -> Token {
        let run = self.run(&[&["create", name], more].concat()).ended(0);
        Token::parse(run.stdout.trim_end()).expect("a token and no more")
    }

    pub fn revoke(&self, name: &str) {
        self.run(&["revoke", name]).ended(0);
    }
}

/// Runs `boxoffice-server token` with these words, and an environment that says nothing else.
pub fn token_command(words: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
    for variable in ["BOXOFFICE_TOKENS", "BOXOFFICE_TOKENS_FILE", "BOXOFFICE_DATA"] {
        command.env_remove(variable);
    }
    let output = command.arg("token").args(words).stdin(Stdio::null()).output();
    output.expect("the binary runs").into()
}

/// Connects and shows a token.
pub async fn enter(address: SocketAddr, token: &Token) -> Raw {
    let mut raw = Raw::silent(address).await;
    let reply = raw.ask(&hello_with(Some(token))).await;
    assert!(matches!(reply.body, Body::Welcome(_)), "{reply:?}");
    raw
}

/// Why somebody is not let in who shows this; the connection has ended.
pub async fn turned_away(address: SocketAddr, token: Option<&Token>) -> String {
    let mut raw = Raw::silent(address).await;
    let why = why(raw.refused(&hello_with(token)).await);
    assert_eq!(raw.closed().await, [], "it has ended");
    why
}

/// What it takes, where something is not allowed.
pub fn why(refusal: Refusal) -> String {
    match refusal {
        Refusal::NotAllowed { why } => why,
        other => panic!("{other:?}"),
    }
}

/// Returns why this token is refused, once it is: a running server needs a moment to notice.
pub async fn until_refused(address: SocketAddr, token: &Token) -> String {
    let wait = async {
        loop {
            let mut raw = Raw::silent(address).await;
            match raw.ask(&hello_with(Some(token))).await.body {
                Body::Refused(refusal) => return why(refusal),
                _ => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it is noticed")
}

/// Returns once this token is let in.
pub async fn until_admitted(address: SocketAddr, token: &Token) -> Raw {
    let wait = async {
        loop {
            let mut raw = Raw::silent(address).await;
            match raw.ask(&hello_with(Some(token))).await.body {
                Body::Welcome(_) => return raw,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it is noticed")
}
