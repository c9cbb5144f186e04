//! Sentinels: they know which server is the primary.

use super::address::RedisAddress;
use super::connection::Link;
use super::endpoint::Endpoint;
use super::failure::CommandFailure;
use super::values::{array, number, text};
use redis::Pipeline;
use std::time::Duration;

/// How long one sentinel is waited for.
const SENTINEL: Duration = Duration::from_secs(1);

/// Where the primary is, by the first sentinel that knows.
pub(super) async fn primary(address: &RedisAddress) -> Result<Endpoint, CommandFailure> {
    let name = address.sentinel.as_deref().unwrap_or_default();
    let mut why = "no sentinel".to_owned();
    for sentinel in &address.endpoints {
        match tokio::time::timeout(SENTINEL, ask(sentinel, name, address)).await {
            Ok(Ok(Some(primary))) => return Ok(primary),
            Ok(Ok(None)) => why = format!("{sentinel} knows no primary of this name"),
            Ok(Err(failure)) => why = failure.why,
            Err(_) => why = format!("{sentinel} does not answer"),
        }
    }
    Err(CommandFailure::unavailable(why))
}

async fn ask(
    sentinel: &Endpoint,
    name: &str,
    address: &RedisAddress,
) -> Result<Option<Endpoint>, CommandFailure> {
    let mut connection = Link::open_plainly(sentinel, address).await?;
    let mut ask = Pipeline::new();
    ask.cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(name);
    let answer = connection.send(&ask).await?.pop().and_then(array).unwrap_or_default();
    let mut parts = answer.into_iter();
    let (host, port) = (parts.next().and_then(text), parts.next().and_then(number));
    let port = port.and_then(|port| u16::try_from(port).ok());
    Ok(host.zip(port).map(|(host, port)| Endpoint::told(&host, port, sentinel)))
}
