//! Where everything is copied from, or to.

use crate::config::SharedStoreOptions;
use std::path::PathBuf;

/// A data folder, or a store that servers share.
#[derive(Debug, Clone)]
pub enum CopyPlace {
    Folder(PathBuf),
    Store(SharedStoreOptions),
}

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct CopyPlaceOptions {
    /// So many replicas of Redis have to have what is written before it counts.
    pub redis_wait: usize,
    /// Whether settings of the engine are taken that lose what was acknowledged.
    pub accept_unsafe: bool,
}

impl CopyPlace {
    /// The place of this name: an address of a store has `://`, and any other name is a folder's.
    pub fn named(name: &str, options: CopyPlaceOptions) -> Self {
        if !name.contains("://") {
            return Self::Folder(PathBuf::from(name));
        }
        let CopyPlaceOptions { redis_wait, accept_unsafe } = options;
        let address = name.to_owned();
        Self::Store(SharedStoreOptions { address, secrets: None, redis_wait, accept_unsafe })
    }

    /// What tells it from others, for people: without user, password and options.
    pub fn label(&self) -> String {
        match self {
            Self::Folder(path) => {
                let path = path.canonicalize().unwrap_or_else(|_| path.clone());
                path.display().to_string()
            }
            Self::Store(options) => {
                let address = &options.address;
                let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
                let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
                let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                format!("{scheme}://{rest}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(name: &str) -> String {
        CopyPlace::named(name, CopyPlaceOptions { redis_wait: 0, accept_unsafe: false }).label()
    }

    #[test]
    fn a_label_has_no_password() {
        assert_eq!(label("postgres://shop:p@ss@db/events"), "postgres://db/events");
        let by_options = "postgres://db/events?user=shop&password=p%40ss";
        assert_eq!(label(by_options), "postgres://db/events");
        assert_eq!(label("rediss://:secret@one,two:7000/3"), "rediss://one,two:7000/3");
        assert_eq!(label("./there/is/no/such"), "./there/is/no/such");
    }
}
