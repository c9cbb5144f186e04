//! The connection that options, variables, contexts and defaults come to.

use super::caller::Caller;
use super::contexts::{Context, Contexts};
use super::token_file;
use crate::args::ConnectionArgs;
use crate::failure::Failure;
use boxoffice_client::DEFAULT_SERVER;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::{CustomerId, Token};
use boxoffice_load::escape::shell_quote;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Which server, and as whom.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Host and port.
    pub(crate) server: String,
    pub(crate) trust: Trust,
    pub(crate) token: Option<Token>,
    /// The longest wait of the whole command.
    pub(crate) timeout: Duration,
    pub(crate) caller: Caller,
}

/// Whether TLS is spoken, and whose certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trust {
    /// No TLS.
    Plain,
    /// The authorities of the system.
    System,
    /// Only the authorities in this file.
    Authorities(PathBuf),
    /// Any server.
    Anyone,
}

impl Connection {
    /// Reads the files that are named.
    ///
    /// # Errors
    /// [`Failure`] names the option, variable or file that makes no sense.
    pub(crate) fn resolve(args: &ConnectionArgs) -> Result<Self, Failure> {
        let context = context_of(args)?;
        let context = context.as_ref();
        let server = match (&args.server, context) {
            (Some(name), _) => name.address.clone(),
            (None, Some(context)) => context.server.clone(),
            (None, None) => DEFAULT_SERVER.to_owned(),
        };
        let trust = match context {
            Some(context) if typed_trust(args) == Trust::Plain => trust_of(context),
            _ => typed_trust(args),
        };
        let customer =
            variable("BOXOFFICE_CUSTOMER").map(|text| parsed("BOXOFFICE_CUSTOMER", &text));
        let customer = customer.transpose()?;
        let customer: Option<CustomerId> =
            customer.or_else(|| context.and_then(|context| context.customer.clone()));
        Ok(Self {
            server,
            trust,
            token: token_of(args, context)?,
            timeout: args.timeout.0,
            caller: Caller { customer, options: options_of(args) },
        })
    }
}

/// The context that counts. One that is in use, but was not asked for, is for its own server only: no
/// other gets its token.
fn context_of(args: &ConnectionArgs) -> Result<Option<Context>, Failure> {
    let contexts = Contexts::read()?;
    if let Some(name) = &args.context {
        return Ok(Some(contexts.named(name)?.clone()));
    }
    let Some(current) = &contexts.current else { return Ok(None) };
    let context = contexts.named(current)?;
    let is_other = args.server.as_ref().is_some_and(|server| server.address != context.server);
    Ok((!is_other).then(|| context.clone()))
}

fn typed_trust(args: &ConnectionArgs) -> Trust {
    let by_scheme = args.server.as_ref().is_some_and(|server| server.is_encrypted);
    match &args.ca {
        _ if args.insecure => Trust::Anyone,
        Some(file) => Trust::Authorities(file.clone()),
        None if args.tls || by_scheme => Trust::System,
        None => Trust::Plain,
    }
}

fn trust_of(context: &Context) -> Trust {
    match &context.ca {
        Some(file) => Trust::Authorities(file.clone()),
        None if context.tls => Trust::System,
        None => Trust::Plain,
    }
}

/// The token: typed, or of a variable, or of the context.
fn token_of(args: &ConnectionArgs, context: Option<&Context>) -> Result<Option<Token>, Failure> {
    const TEXT: &str = "BOXOFFICE_TOKEN";
    let file = |path: &Path| Ok(Some(token_file::read(path)?));
    if args.token.is_some() {
        return Ok(args.token.clone());
    }
    if let Some(path) = &args.token_file {
        return file(path);
    }
    match (variable(TEXT), token_file_variable()) {
        (Some(_), Some(_)) => {
            let why = format!("{TEXT} and {FILE_VARIABLE} are set; one of them is enough");
            Err(Failure::Usage(why))
        }
        (Some(text), None) => Ok(Some(parsed(TEXT, &text)?)),
        (None, Some(path)) => file(&path),
        (None, None) => context.and_then(|it| it.token_file.as_deref()).map_or(Ok(None), file),
    }
}

const FILE_VARIABLE: &str = "BOXOFFICE_TOKEN_FILE";

fn token_file_variable() -> Option<PathBuf> {
    variable(FILE_VARIABLE).map(PathBuf::from)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn parsed<T: FromStr<Err = InvalidField>>(name: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: InvalidField| Failure::Usage(format!("{name}: {}", error.why)))
}

/// The options and variables that another command needs. A secret is not repeated.
fn options_of(args: &ConnectionArgs) -> String {
    let mut options = String::new();
    let mut option = |name: &str, value: &str| {
        write!(options, " --{name} {}", shell_quote(value)).expect("a string takes everything");
    };
    if let Some(context) = &args.context {
        option("context", context);
    }
    if let Some(server) = args.server.as_ref().filter(|server| server.address != DEFAULT_SERVER) {
        option("server", &server.address);
    }
    if let Some(file) = args.token_file.clone().or_else(token_file_variable) {
        option("token-file", &file.to_string_lossy());
    } else if args.token.is_some() {
        option("token", "TOKEN");
    }
    match typed_trust(args) {
        Trust::Plain => {}
        Trust::System => options.push_str(" --tls"),
        Trust::Authorities(file) => option("ca", &file.to_string_lossy()),
        Trust::Anyone => options.push_str(" --insecure"),
    }
    options
}
