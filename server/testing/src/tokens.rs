//! Tokens of servers: the commands that make and revoke them, and connections that show them.

use crate::patience::until_some;
use crate::process::program;
use crate::raw::Raw;
use crate::requests::hello_with;
use crate::run::Run;
use boxoffice_protocol::id::Token;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use std::net::SocketAddr;
use std::path::PathBuf;
use tempfile::TempDir;

/// A copy of a token with another letter at `index`.
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

    pub fn create(&self, name: &str, more: &[&str]) -> Token {
        let run = self.run(&[&["create", name], more].concat()).ended(0);
        Token::parse(run.stdout.trim_end()).expect("a token and no more")
    }

    pub fn revoke(&self, name: &str) {
        self.run(&["revoke", name]).ended(0);
    }
}

/// Runs `boxoffice-server token` with these words.
pub fn token_command(words: &[&str]) -> Run {
    program().arg("token").args(words).output().expect("the program is built").into()
}

/// Connects and shows a token.
pub async fn enter(address: SocketAddr, token: &Token) -> Raw {
    let mut raw = Raw::silent(address).await;
    let reply = raw.ask(&hello_with(Some(token))).await;
    assert!(matches!(reply.body, Body::Welcome(_)), "{reply:?}");
    raw
}

/// Shows a token, or none, to a server that refuses it and closes. Returns the reason.
pub async fn turned_away(address: SocketAddr, token: Option<&Token>) -> String {
    let mut raw = Raw::silent(address).await;
    let why = why(raw.refused(&hello_with(token)).await);
    assert_eq!(raw.closed().await, [], "it has ended");
    why
}

/// The reason of a `NotAllowed`.
pub fn why(refusal: Refusal) -> String {
    match refusal {
        Refusal::NotAllowed { why } => why.into(),
        other => panic!("{other:?}"),
    }
}

/// Waits until a server refuses this token, and returns the reason.
pub async fn until_refused(address: SocketAddr, token: &Token) -> String {
    until_some("the token is refused", async || {
        let mut raw = Raw::silent(address).await;
        match raw.ask(&hello_with(Some(token))).await.body {
            Body::Refused(refusal) => Some(why(refusal)),
            _ => None,
        }
    })
    .await
}

/// Waits until a server accepts this token, and returns the connection.
pub async fn until_admitted(address: SocketAddr, token: &Token) -> Raw {
    until_some("the token is accepted", async || {
        let mut raw = Raw::silent(address).await;
        let reply = raw.ask(&hello_with(Some(token))).await;
        matches!(reply.body, Body::Welcome(_)).then_some(raw)
    })
    .await
}
