//! One request over HTTP on a connection of its own.

use crate::wire::connect_from;
use anyhow::{Context, ensure};
use boxoffice_protocol::id::Token;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};

/// The header by which a request shows a token.
pub(crate) fn bearer(token: &Token) -> String {
    format!("authorization: Bearer {}\r\n", token.as_str())
}

/// Asks for what must succeed, with some headers, and returns the headers of the answer. Its body,
/// which may never end, is not read.
pub(crate) fn ask(
    address: SocketAddr,
    (method, path): (&str, &str),
    headers: &str,
    json: &str,
) -> anyhow::Result<String> {
    let mut stream = connect_from(Ipv4Addr::LOCALHOST, address)?;
    let request = boxoffice_testing::http::with_body(method, path, headers, json);
    stream.write_all(request.as_bytes())?;
    let mut head = String::new();
    let mut reader = BufReader::new(stream);
    while !head.ends_with("\r\n\r\n") {
        ensure!(reader.read_line(&mut head)? > 0, "{method} {path}: no answer");
    }
    let status = head.lines().next().unwrap_or_default();
    ensure!(status.contains(" 20"), "{method} {path}: {status}");
    Ok(head)
}

/// The cookie that an answer sets, as the header of a request from the page.
pub(crate) fn visitor(head: &str) -> anyhow::Result<String> {
    let mut lines = head.lines();
    let cookie = lines.find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).context("no cookie")?;
    Ok(format!("cookie: {cookie}\r\norigin: http://localhost\r\n"))
}
