//! One request over HTTP on a connection of its own.

use crate::wire::connect_from;
use anyhow::ensure;
use boxoffice_protocol::id::Token;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};

/// Asks for what must succeed. The body of the answer, which may never end, is not read.
pub(crate) fn ask(
    address: SocketAddr,
    (method, path): (&str, &str),
    token: Option<&Token>,
    json: &str,
) -> anyhow::Result<()> {
    let mut stream = connect_from(Ipv4Addr::LOCALHOST, address)?;
    let bearer = token.map(|token| format!("authorization: Bearer {}\r\n", token.as_str()));
    let (bearer, length) = (bearer.unwrap_or_default(), json.len());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{bearer}content-type: application/json\r\n\
         content-length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{json}").as_bytes())?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    let status = String::from_utf8_lossy(&status);
    ensure!(status.contains(" 20"), "{method} {path}: {status}");
    Ok(())
}
