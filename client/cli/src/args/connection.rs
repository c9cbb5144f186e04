//! The options that say which server is asked, and as whom.

use crate::values::{ServerName, SpanArg};
use boxoffice_client::protocol::id::Token;
use clap::Args;
use clap::builder::FalseyValueParser;
use std::path::PathBuf;

/// The heading of options that every command has.
const CONNECTION: &str = "Connection";

/// The options of a connection, as typed or in the environment. What none of them says comes from the
/// context, and then from the defaults.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConnectionArgs {
    /// The server's host, and its port unless it is 7117 [default: 127.0.0.1:7117]
    ///
    /// An option goes before its variable, a variable before the context (`boxoffice context`), and the
    /// context before the default. Where --server or its variable names another server than the context
    /// in use, nothing of that context counts.
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true, env = "BOXOFFICE_SERVER", value_name = "HOST[:PORT]")]
    pub(crate) server: Option<ServerName>,
    /// The context to use instead of the one that `boxoffice context use` names
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true, env = "BOXOFFICE_CONTEXT", value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// The file with the secret token of the principal that is asking [env: BOXOFFICE_TOKEN_FILE]
    ///
    /// Only its owner may be able to read it.
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true, value_name = "FILE", conflicts_with = "token")]
    pub(crate) token_file: Option<PathBuf>,
    /// The token itself, which other users of this machine see here; rather [env: BOXOFFICE_TOKEN]
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true)]
    pub(crate) token: Option<Token>,
    /// Speak TLS; the certificate must be for that host, from an authority that this system trusts
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true, env = "BOXOFFICE_TLS",
        value_parser = FalseyValueParser::new())]
    pub(crate) tls: bool,
    /// Speak TLS, and trust only the authorities in this PEM file
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true, env = "BOXOFFICE_CA", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Speak TLS without checking the certificate
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true, conflicts_with = "ca")]
    pub(crate) insecure: bool,
    /// How long the whole command waits for the server: 500ms, 30s, 2m; for a batch, each of its rows
    #[arg(long, global = true, help_heading = CONNECTION, hide_short_help = true, default_value = "30s", value_name = "TIME")]
    pub(crate) timeout: SpanArg,
}
