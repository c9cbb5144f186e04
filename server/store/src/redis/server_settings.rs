//! What a server has to be for a store: a primary, new enough, with settings that keep what it
//! acknowledged.

use super::connection::Link;
use super::error::RedisError;
use super::failure::CommandFailure;
use super::settings::RedisSettings;
use super::values::{array, text};
use crate::unsafe_setting::{UnsafeSetting, UnsafeSettings};
use redis::{Pipeline, Value};
use std::collections::HashMap;

/// The oldest version that has functions. Valkey says here which Redis it is like.
const OLDEST: u32 = 7;

/// Settings without which a crash, or a full memory, loses what was acknowledged.
const NEEDED: [(&str, &str); 4] = [
    ("appendonly", "yes"),
    ("appendfsync", "always"),
    ("no-appendfsync-on-rewrite", "no"),
    ("maxmemory-policy", "noeviction"),
];

/// What a server told of itself.
pub(super) struct ServerFacts {
    pub(super) is_cluster: bool,
    pub(super) replicas: usize,
    /// Accepted by the settings of the store.
    pub(super) unsafe_settings: Vec<UnsafeSetting>,
}

/// Checks a server. Each connection does: another server may be the primary by now.
///
/// # Errors
/// It is too old, no primary, or loses what it acknowledged and that was not accepted.
pub(super) async fn check(
    connection: &mut Link,
    settings: &RedisSettings,
) -> Result<ServerFacts, RedisError> {
    let mut ask = Pipeline::new();
    ask.cmd("INFO");
    for (name, _) in NEEDED {
        ask.cmd("CONFIG").arg("GET").arg(name);
    }
    let mut answers = connection.send(&ask).await?.into_iter();
    let info = match answers.next() {
        Some(Value::ServerError(error)) => {
            return Err(CommandFailure::told(&error, connection.endpoint()).into());
        }
        info => info.and_then(text).unwrap_or_default(),
    };
    let info: HashMap<_, _> = info.lines().filter_map(|line| line.split_once(':')).collect();
    let told = |name: &str| info.get(name).copied().unwrap_or_default();
    let version = told("redis_version");
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major < OLDEST) {
        return Err(RedisError::Version { found: version.to_owned() });
    }
    if told("redis_mode") == "sentinel" {
        return Err(RedisError::Address("it is a sentinel's: add ?sentinel=NAME of the primary"));
    }
    if told("role") != "master" {
        let endpoint = connection.endpoint();
        return Err(RedisError::Unavailable(format!("{endpoint} is no primary now")));
    }
    let replicas = told("connected_slaves").parse().unwrap_or_default();
    let mut unsafe_settings: Vec<_> = unsafe_settings(answers).collect();
    if replicas > 0 && settings.replicas == 0 {
        let (setting, value) = ("wait for replicas", "0".to_owned());
        unsafe_settings.push(UnsafeSetting { setting, value, needed: "1 or more" });
    }
    match unsafe_settings.first() {
        Some(first) if settings.unsafe_settings == UnsafeSettings::Refused => {
            Err(RedisError::Unsafe(first.clone()))
        }
        _ => {
            let is_cluster = told("cluster_enabled") == "1";
            Ok(ServerFacts { is_cluster, replicas, unsafe_settings })
        }
    }
}

/// Those of [`NEEDED`] that are not as they have to be, by what `CONFIG GET` answered for each.
fn unsafe_settings(answers: impl Iterator<Item = Value>) -> impl Iterator<Item = UnsafeSetting> {
    answers.zip(NEEDED).filter_map(|(answer, (setting, needed))| {
        let value = match answer {
            // A managed Redis may not tell.
            Value::ServerError(_) => "not told (CONFIG GET is refused)".to_owned(),
            answer => array(answer)?.into_iter().nth(1).and_then(text)?,
        };
        (value != needed).then_some(UnsafeSetting { setting, value, needed })
    })
}
