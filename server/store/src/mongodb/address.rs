//! Where a MongoDB is, and how it is reached.

use super::error::MongoError;
use super::failure::MongoFailure;
use super::settings::MongoSettings;
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, Tls,
    WriteConcern,
};
use std::fmt;

/// The database where an address names none.
const DATABASE: &str = "boxoffice";

/// The address of a MongoDB: `mongodb://user:password@host,host/database?option=value`, or
/// `mongodb+srv://` with the name of a cluster. Neither text nor errors show the password.
///
/// Options are those of MongoDB's connection strings. Concerns of reads and writes are the store's own.
#[derive(Clone)]
pub struct MongoAddress {
    address: String,
}

impl MongoAddress {
    /// # Errors
    /// [`MongoError::Address`] says what is wrong, without a part of the address.
    pub fn parse(address: &str) -> Result<Self, MongoError> {
        let known = ["mongodb://", "mongodb+srv://"];
        match known.iter().find_map(|scheme| address.strip_prefix(scheme)) {
            None => Err(MongoError::Address("its scheme is neither mongodb nor mongodb+srv")),
            Some("") => Err(MongoError::Address("it has no host")),
            Some(_) => Ok(Self { address: address.to_owned() }),
        }
    }

    /// Options for a client of the store, and the database's name. Names of hosts may be asked of DNS.
    pub(super) async fn resolve(
        &self,
        settings: &MongoSettings,
    ) -> Result<(ClientOptions, String), MongoError> {
        // Its errors quote parts of the address, which may be those of a password.
        let parsed = ClientOptions::parse(&self.address).await;
        let mut options =
            parsed.map_err(|error| match MongoFailure::of(&error).is_of_request() {
                true => MongoError::Address("a part is unknown, or not percent-encoded"),
                false => MongoError::Unavailable("its name cannot be resolved".to_owned()),
            })?;
        let is_lax = |tls: &Tls| match tls {
            Tls::Enabled(tls) => tls.allow_invalid_certificates == Some(true),
            Tls::Disabled => false,
        };
        if options.tls.as_ref().is_some_and(is_lax) {
            return Err(MongoError::Address("a store verifies certificates"));
        }
        let majority = WriteConcern::builder()
            .w(Acknowledgment::Majority)
            .journal(true)
            .w_timeout(settings.majority_wait)
            .build();
        options.write_concern = Some(majority);
        options.read_concern = Some(ReadConcern::majority());
        options.selection_criteria =
            Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        // The error of a second try would hide that the first may have been applied.
        options.retry_writes = Some(false);
        options.server_selection_timeout = Some(settings.connection_wait);
        options.app_name.get_or_insert_with(|| "boxoffice".to_owned());
        let database = options.default_database.clone().unwrap_or_else(|| DATABASE.to_owned());
        Ok((options, database))
    }
}

impl fmt::Debug for MongoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No password, which is before the last `@`.
        let hosts = self.address.rsplit(['@', '/']).find(|part| !part.is_empty());
        f.debug_struct("MongoAddress").field("hosts", &hosts).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_address_is_refused_without_a_part_of_it() {
        let settings = MongoSettings::default();
        for address in [
            "host",
            "http://secret",
            "mongodb://",
            "mongodb://host:secret",
            "mongodb://user:sec/ret@host",
            "mongodb://host/?unknown&secret",
            "mongodb://host/?tls=true&tlsAllowInvalidCertificates=true",
        ] {
            let resolved = match MongoAddress::parse(address) {
                Ok(parsed) => parsed.resolve(&settings).await.map(drop),
                Err(error) => Err(error),
            };
            let error = resolved.expect_err(address);
            assert!(matches!(error, MongoError::Address(_)), "{address}: {error:?}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_store_waits_for_a_majority_whatever_the_address_says() {
        let lax = "mongodb://me:hidden@one,two:5/shop?w=1&journal=false&readPreference=secondary";
        let parsed = MongoAddress::parse(lax).expect("an address");
        assert!(!format!("{parsed:?}").contains("hidden"), "{parsed:?}");
        let resolved = parsed.resolve(&MongoSettings::default()).await;
        let (options, database) = resolved.expect("no name is asked for");
        assert_eq!((database.as_str(), options.hosts.len()), ("shop", 2));
        let concern = options.write_concern.expect("it is set");
        assert_eq!((concern.w, concern.journal), (Some(Acknowledgment::Majority), Some(true)));
        let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
        assert_eq!(options.selection_criteria, Some(primary));
    }
}
