//! Where a Redis is, and how it is reached.

use super::endpoint::Endpoint;
use super::error::RedisError;
use crate::tls::verifying;
use percent_encoding::percent_decode_str;
use redis::RedisConnectionInfo;
use rustls::ClientConfig;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

const PORT: u16 = 6379;

const SENTINEL_PORT: u16 = 26379;

/// The address of a Redis or Valkey: `redis://user:password@host:port/database`, encrypted as
/// `rediss://`. Several hosts, with commas between, are nodes of a cluster or, with
/// `?sentinel=NAME`, sentinels that know the primary of this name. `sslrootcert` is a PEM file of
/// authorities, instead of those that the system trusts. Neither text nor errors show the password.
///
/// Sentinels are asked without a password.
#[derive(Clone)]
pub struct RedisAddress {
    pub(super) endpoints: Vec<Endpoint>,
    /// The name of the primary that sentinels know; none where the endpoints are servers.
    pub(super) sentinel: Option<String>,
    pub(super) login: RedisConnectionInfo,
    pub(super) tls: Option<Arc<ClientConfig>>,
}

impl RedisAddress {
    /// # Errors
    /// [`RedisError::Address`] says what is wrong, without a part of the address.
    pub fn parse(address: &str) -> Result<Self, RedisError> {
        let wrong = |why| RedisError::Address(why);
        let (scheme, rest) = address.split_once("://").ok_or(wrong("it has no scheme"))?;
        let is_encrypted = match scheme {
            "redis" => false,
            "rediss" => true,
            _ => return Err(wrong("its scheme is neither redis nor rediss")),
        };
        // A password may have any character but these, which it has percent-encoded.
        let authority_ends = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(authority_ends);
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (Some(login), hosts),
            None => (None, authority),
        };
        let (database, options) = path.split_once('?').unwrap_or((path, ""));
        let (mut sentinel, mut authorities) = (None, None);
        for (option, value) in form_urlencoded::parse(options.as_bytes()) {
            match &*option {
                "sentinel" => sentinel = Some(value.into_owned()),
                "sslrootcert" if is_encrypted => authorities = Some(value.into_owned()),
                "sslrootcert" => return Err(wrong("sslrootcert needs the scheme rediss")),
                _ => return Err(wrong("an option is unknown")),
            }
        }
        let port = if sentinel.is_some() { SENTINEL_PORT } else { PORT };
        let endpoints = hosts.split(',').map(|host| Endpoint::parse(host, port));
        let endpoints = endpoints.collect::<Option<Vec<_>>>();
        let endpoints = endpoints.ok_or(wrong("a host or a port cannot be read"))?;
        let tls = match is_encrypted {
            true => Some(Arc::new(verifying(authorities.as_deref().map(Path::new))?)),
            false => None,
        };
        let login = login_of(login, database)?;
        Ok(Self { endpoints, sentinel, login, tls })
    }
}

fn login_of(login: Option<&str>, database: &str) -> Result<RedisConnectionInfo, RedisError> {
    let mut info = RedisConnectionInfo::default().set_skip_set_lib_name();
    let (user, password) = login.unwrap_or_default().split_once(':').unwrap_or_default();
    if login.is_some_and(|login| !login.contains(':')) {
        return Err(RedisError::Address("a user needs a password: user:password@host"));
    }
    let decoded = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        let decoded = decoded.map(std::borrow::Cow::into_owned);
        decoded.map_err(|_| RedisError::Address("user or password is not percent-encoded UTF-8"))
    };
    if !user.is_empty() {
        info = info.set_username(decoded(user)?);
    }
    if !password.is_empty() {
        info = info.set_password(decoded(password)?);
    }
    match database.trim_start_matches('/') {
        "" => Ok(info),
        number => match number.parse::<u16>() {
            Ok(number) => Ok(info.set_db(i64::from(number))),
            Err(_) => Err(RedisError::Address("a database is a number")),
        },
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No password.
        f.debug_struct("RedisAddress")
            .field("endpoints", &self.endpoints)
            .field("sentinel", &self.sentinel)
            .field("user", &self.login.username())
            .field("database", &self.login.db())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(address: &str) -> String {
        let parsed = RedisAddress::parse(address).expect("an address");
        let hosts: Vec<_> = parsed.endpoints.iter().map(ToString::to_string).collect();
        hosts.join(" ")
    }

    #[test]
    fn an_address_is_parsed() {
        assert_eq!(hosts("redis://localhost"), "localhost:6379");
        assert_eq!(hosts("rediss://one:1,[::1]:2,three/0"), "one:1 [::1]:2 three:6379");
        assert_eq!(hosts("redis://a,b:5?sentinel=shop"), "a:26379 b:5");
        let parsed = RedisAddress::parse("redis://me:p%40ss%2F@host/3").expect("an address");
        let login = &parsed.login;
        assert_eq!((login.username(), login.password()), (Some("me"), Some("p@ss/")));
        assert_eq!((login.db(), parsed.endpoints.len()), (3, 1));
        let only = RedisAddress::parse("redis://:secret@host").expect("an address");
        assert_eq!((only.login.username(), only.login.password()), (None, Some("secret")));
        assert!(!format!("{parsed:?}{only:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_address_is_refused_without_a_part_of_it() {
        for address in [
            "host",
            "http://secret",
            "redis://",
            "redis://secret:port",
            "redis://host/secret",
            "redis://host?secret=1",
            "redis://host?sslrootcert=secret",
            "redis://secret@host",
            "redis://user:%FFsecret@host",
        ] {
            let error = RedisAddress::parse(address).expect_err(address);
            assert!(matches!(error, RedisError::Address(_)), "{address}: {error:?}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
