//! Where requests are forwarded from server to server.

use super::error::ConfigError;
use super::typed::Settings;
use std::net::SocketAddr;
use std::path::PathBuf;

/// How a server takes requests that others forward, and forwards its own.
#[derive(Debug, Clone)]
pub struct RoutingOptions {
    /// Where it takes them; port 0 picks one.
    pub listen: SocketAddr,
    /// Where others reach that; there, if left out.
    pub address: Option<String>,
    /// The file of the secret that all servers are given.
    pub secret: PathBuf,
    /// Whether it forwards its own.
    pub forwards: bool,
}

impl RoutingOptions {
    pub(super) fn typed(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let wrong = |why: &str| Err(ConfigError::Contradiction(why.to_owned()));
        let (listen, secret) = match (settings.cluster_listen, &settings.cluster_secret_file) {
            (Some(listen), Some(secret)) => (listen, secret.clone()),
            (Some(_), None) => {
                return wrong("cluster-listen needs cluster-secret-file, a secret of all servers");
            }
            (None, Some(_)) => {
                return wrong(
                    "cluster-secret-file needs cluster-listen, where other servers connect",
                );
            }
            (None, None) if settings.cluster_address.is_some() => {
                return wrong("cluster-address needs cluster-listen, where other servers connect");
            }
            (None, None) if settings.routing == Some(true) => {
                return wrong("routing needs cluster-listen and cluster-secret-file");
            }
            (None, None) => return Ok(None),
        };
        let address = settings.cluster_address.clone();
        if listen.ip().is_unspecified() && address.is_none() {
            return wrong(
                "cluster-listen is every address of this machine: name one by cluster-address",
            );
        }
        Ok(Some(Self { listen, address, secret, forwards: settings.routing.unwrap_or(true) }))
    }
}
