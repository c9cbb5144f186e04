//! Where a database is, and how it is reached.

use super::error::PostgresError;
use crate::tls::verifying;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long one host is waited for, unless the address says.
const CONNECT: Duration = Duration::from_secs(5);

/// How long sent bytes may stay unacknowledged by the host, unless the address says.
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);

/// How long a connection without traffic is silent before it is probed, the pause between probes, and
/// how many may stay unanswered. A dead host is noticed in 25 s.
const SILENT: Duration = Duration::from_secs(10);
const PROBE: Duration = Duration::from_secs(5);
const PROBES: u32 = 3;

/// What the client library has where an address says nothing.
const LIBRARY_SILENT: Duration = Duration::from_secs(2 * 60 * 60);

/// The address of a database: `postgres://user:password@host,host/database?option=value`, or words
/// like `host=/run/postgresql dbname=shop`. Neither text nor errors show the password.
///
/// Options are those of `tokio_postgres::Config` and `sslrootcert`, a PEM file of authorities.
#[derive(Clone)]
pub struct PostgresAddress {
    pub(super) config: Config,
    pub(super) tls: Tls,
}

/// Whether a connection is encrypted.
#[derive(Clone)]
pub(super) enum Tls {
    Off,
    /// The server's certificate has to be for its name, from an authority that is trusted.
    Verified(MakeRustlsConnect),
}

impl PostgresAddress {
    /// # Errors
    /// [`PostgresError::Address`] says what is wrong, without a part of the address.
    pub fn parse(address: &str) -> Result<Self, PostgresError> {
        let (address, options) = TlsOptions::split(address);
        // Its errors quote words of the address, which may be those of a password.
        let config: Result<Config, _> = address.parse();
        let mut config = config
            .map_err(|_| PostgresError::Address("a part is unknown, or not percent-encoded"))?;
        if config.get_hosts().is_empty() {
            return Err(PostgresError::Address("it has no host"));
        }
        match config.get_target_session_attrs() {
            TargetSessionAttrs::Any => config.target_session_attrs(TargetSessionAttrs::ReadWrite),
            TargetSessionAttrs::ReadWrite => &mut config,
            _ => {
                return Err(PostgresError::Address(
                    "a store needs target_session_attrs=read-write",
                ));
            }
        };
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNACKNOWLEDGED);
        }
        if config.get_keepalives_idle() == LIBRARY_SILENT {
            config.keepalives_idle(SILENT);
        }
        if config.get_keepalives_interval().is_none() {
            config.keepalives_interval(PROBE);
        }
        if config.get_keepalives_retries().is_none() {
            config.keepalives_retries(PROBES);
        }
        config.application_name("boxoffice");
        let tls = options.tls(&config)?;
        config.ssl_mode(match tls {
            Tls::Off => SslMode::Disable,
            Tls::Verified(_) => SslMode::Require,
        });
        Ok(Self { config, tls })
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The hosts, the database and the user; no password.
        let config = &self.config;
        f.debug_struct("PostgresAddress")
            .field("hosts", &config.get_hosts())
            .field("database", &config.get_dbname())
            .field("user", &config.get_user())
            .finish_non_exhaustive()
    }
}

/// The options of an address that are decided here.
#[derive(Default)]
struct TlsOptions {
    mode: Option<String>,
    authorities: Option<PathBuf>,
}

impl TlsOptions {
    /// The address without these options, and the options.
    fn split(address: &str) -> (String, Self) {
        let mut options = Self::default();
        let is_url = ["postgres://", "postgresql://"].iter().any(|it| address.starts_with(it));
        // A question mark of the password is before the `@`.
        let from = address.find('@').unwrap_or_default();
        let options_at = address[from..].find('?').map(|mark| from + mark + 1);
        let (before, words, separator) = match options_at {
            _ if !is_url => ("", address, ' '),
            Some(at) => (&address[..at], &address[at..], '&'),
            None => (address, "", '&'),
        };
        let mut others = Vec::new();
        for word in words.split(separator) {
            match word.split_once('=') {
                Some(("sslmode", mode)) => options.mode = Some(mode.to_owned()),
                Some(("sslrootcert", _)) if is_url => {
                    let mut decoded = form_urlencoded::parse(word.as_bytes());
                    options.authorities = decoded.next().map(|(_, file)| file.into_owned().into());
                }
                Some(("sslrootcert", file)) => options.authorities = Some(PathBuf::from(file)),
                _ => others.push(word),
            }
        }
        (before.to_owned() + &others.join(&separator.to_string()), options)
    }

    fn tls(self, config: &Config) -> Result<Tls, PostgresError> {
        let verified = || -> Result<Tls, PostgresError> {
            let config = verifying(self.authorities.as_deref())?;
            Ok(Tls::Verified(MakeRustlsConnect::new(config)))
        };
        match self.mode.as_deref() {
            None if is_here(config) => Ok(Tls::Off),
            None | Some("require" | "verify-full") => verified(),
            Some("disable") => Ok(Tls::Off),
            Some(_) => Err(PostgresError::Address(
                "sslmode is `disable` or `verify-full`; others verify too little",
            )),
        }
    }
}

/// Whether all hosts are this machine, by their names and by the addresses that go before these.
fn is_here(config: &Config) -> bool {
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(is_here) && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_host_is_noticed_in_seconds_unless_the_address_says_otherwise() {
        let config = PostgresAddress::parse("postgres://localhost/shop").expect("it is one").config;
        assert_eq!(config.get_keepalives_idle(), SILENT);
        assert_eq!(config.get_keepalives_interval(), Some(PROBE));
        assert_eq!(config.get_keepalives_retries(), Some(PROBES));
        assert_eq!(config.get_tcp_user_timeout(), Some(&UNACKNOWLEDGED));
        let own = "postgres://localhost/shop?keepalives_idle=60&tcp_user_timeout=7";
        let config = PostgresAddress::parse(own).expect("it is one").config;
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(60));
        assert_eq!(config.get_tcp_user_timeout(), Some(&Duration::from_secs(7)));
    }
}
