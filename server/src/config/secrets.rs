//! Where the server's secrets are: its tokens, its certificate and key.

use super::error::ConfigError;
use super::store::DATA_FOLDER;
use super::typed::Settings;
use std::path::PathBuf;

/// Where tokens come from.
#[derive(Debug, Clone, Default)]
pub struct TokenSettings {
    pub place: TokensPlace,
    /// The text of tokens that are in no file.
    pub in_environment: Option<String>,
}

/// The place of the token file. Once the file exists or a setting names it, every client needs a
/// token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TokensPlace {
    #[default]
    Nowhere,
    /// In this data folder.
    Data(PathBuf),
    /// At the path that a setting names.
    Named(PathBuf),
}

/// The files of certificate and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate first, then those that signed it, as PEM.
    pub certificate: PathBuf,
    /// The private key of the first, as PEM.
    pub key: PathBuf,
}

impl TokensPlace {
    /// The place that the settings name.
    pub fn typed(settings: &Settings) -> Self {
        match (&settings.tokens, &settings.data) {
            (Some(file), _) => Self::Named(file.clone()),
            (None, _) if settings.memory => Self::Nowhere,
            (None, Some(data)) => Self::Data(data.clone()),
            (None, None) if settings.store.is_some() => Self::Nowhere,
            (None, None) => Self::Data(PathBuf::from(DATA_FOLDER)),
        }
    }
}

impl TlsFiles {
    pub(super) fn typed(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let wrong = |why: &str| Err(ConfigError::Contradiction(why.to_owned()));
        match (settings.tls_cert.clone(), settings.tls_key.clone()) {
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            (None, None) => Ok(None),
            (Some(_), None) => wrong("tls-cert needs tls-key, the file with the certificate's key"),
            (None, Some(_)) => wrong("tls-key needs tls-cert, the file with the key's certificate"),
        }
    }
}
