//! `boxoffice-server token`: makes, lists and revokes tokens.

use super::output::{note, rfc3339};
use super::running::{self, RunningPlace};
use anyhow::{Context, bail};
use boxoffice_protocol::escape_deceptive;
use boxoffice_protocol::id::{CustomerId, Principal};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::auth::{RoleName, Sources, TokenEntry, TokenFile};
use boxoffice_server::clock::Clock;
use boxoffice_server::config::{DATA_FOLDER, Lifetime, Settings, TokensPlace};
use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Makes, lists and revokes tokens, each with a role that says what it may do.
///
/// They are kept in a file, without what is secret of them. A server that is running with the same
/// file notices every change at once, also for clients that are connected already.
#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    action: TokenAction,
}

#[derive(Debug, Subcommand)]
enum TokenAction {
    /// Makes a token, and prints it, this once
    #[command(after_help = EXAMPLES)]
    Create(Create),
    /// Lists all tokens, without what is secret of them
    List(List),
    /// Revokes tokens: clients that use one are refused from their next request on
    Revoke(Revoke),
}

const EXAMPLES: &str = "\
Examples:
  boxoffice-server token create admin --role admin
  boxoffice-server token create web-shop --role agent --expires 90d
  boxoffice-server token create ann-phone --role customer --customer ann
  boxoffice-server token create big-screen --role reader --no-file

A client shows it with `boxoffice --token TOKEN`, or in the variable BOXOFFICE_TOKEN.";

/// Where the file is.
#[derive(Debug, Args)]
struct Where {
    /// The file of tokens [default: tokens.toml in the data folder]
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,

    /// The data folder [default: ./boxoffice-data, or that of a server that was started here]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Create {
    /// What to call it: it is named in the record of every change that it makes
    name: Principal,

    /// What it is for
    #[arg(long, value_enum)]
    role: RoleName,

    /// Whom a customer's token is bound to
    #[arg(long)]
    customer: Option<CustomerId>,

    /// How long it is good: 12h, 30d [default: until it is revoked]
    #[arg(long, value_name = "TIME")]
    expires: Option<Lifetime>,

    /// Change no file: print on a second line what the server's variable BOXOFFICE_TOKENS has to be
    #[arg(long, conflicts_with_all = ["tokens", "data"])]
    no_file: bool,

    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
struct List {
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
struct Revoke {
    /// Which: all of them, or none if one is not there
    #[arg(required = true)]
    names: Vec<Principal>,

    #[command(flatten)]
    place: Where,
}

impl Token {
    /// Does what was asked for.
    pub(crate) fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        match &self.action {
            TokenAction::Create(create) => create.run(settings),
            TokenAction::List(list) => list.run(settings),
            TokenAction::Revoke(revoke) => revoke.run(settings),
        }
    }
}

impl Where {
    /// The file that was named here, or that the server's settings name.
    fn file(&self, settings: &Settings) -> anyhow::Result<TokenFile> {
        let mut settings = Settings {
            tokens: self.tokens.clone().or_else(|| settings.tokens.clone()),
            data: self.data.clone().or_else(|| settings.data.clone()),
            memory: settings.memory && self.data.is_none(),
            ..Settings::default()
        };
        let is_named = settings.tokens.is_some() || settings.data.is_some() || settings.memory;
        if !is_named && !Path::new(DATA_FOLDER).exists() {
            let mut running = running::here().into_iter();
            match (running.next(), running.next()) {
                (Some(RunningPlace::Tokens(file)), None) => settings.tokens = Some(file),
                (Some(RunningPlace::Data(folder)), None) => settings.data = Some(folder),
                (Some(one), Some(other)) => bail!(
                    "several servers run here; name one: {}, or {}",
                    one.option(),
                    other.option()
                ),
                (None, _) => {}
            }
        }
        let place = TokensPlace::typed(&settings);
        place.file().context("a server in memory has no file of tokens; name one: --tokens FILE")
    }
}

impl Create {
    fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let role = match self.role.with(self.customer.clone()) {
            Ok(role) => role,
            Err(why) => bail!("{why}: --role customer --customer NAME"),
        };
        let now = now();
        let expires = self.expires.map(|lifetime| now.plus(lifetime.0));
        let (token, entry) = TokenEntry::new(self.name.clone(), role, now, expires)
            .context("the operating system gives no random bytes")?;
        if self.no_file {
            return say(&format!("{token}\n{}", Sources::for_environment(&[entry])));
        }
        let file = self.place.file(settings)?;
        let is_first = file.read()?.is_none();
        file.add(entry)?;
        say(token.as_str()).with_context(|| {
            format!(
                "the token could not be shown, and no command shows it again; revoke {}",
                self.name
            )
        })?;
        note(&format!(
            "{} is in {}; the token above is shown this once",
            self.name,
            file.path().display()
        ));
        if is_first {
            note("from now on, a server with this file turns away every client without a token");
        }
        Ok(())
    }
}

impl List {
    fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let file = self.place.file(settings)?;
        let Some(entries) = file.read()? else {
            note(&format!("there is no file {}", file.path().display()));
            return Ok(());
        };
        note(&format!("the tokens in {}", file.path().display()));
        let now = now();
        if self.json {
            let lines: Vec<String> = entries.iter().map(|entry| object(entry, now)).collect();
            return if lines.is_empty() { Ok(()) } else { say(&lines.join("\n")) };
        }
        say(&table(&entries, now).to_string())
    }
}

impl Revoke {
    fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let file = self.place.file(settings)?;
        file.remove(&self.names)?;
        for name in &self.names {
            note(&format!("{name} is revoked in {}", file.path().display()));
        }
        if file.read()?.is_some_and(|left| left.is_empty()) {
            note(
                "no token is left: a server with this file turns away every client until there is one",
            );
        }
        Ok(())
    }
}

fn object(entry: &TokenEntry, now: Timestamp) -> String {
    let object = json!({
        "name": entry.name.as_str(),
        "role": entry.role.name().as_str(),
        "customer": entry.role.customer().map(CustomerId::as_str),
        "created": rfc3339(entry.created),
        "expires": entry.expires.map(rfc3339),
        "expired": is_expired(entry, now),
    });
    object.to_string()
}

fn table(entries: &[TokenEntry], now: Timestamp) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["name", "role", "customer", "created", "expires"]);
    for entry in entries {
        let expires = match entry.expires.map(rfc3339) {
            Some(time) if is_expired(entry, now) => format!("{time} (expired)"),
            time => time.unwrap_or_default(),
        };
        table.add_row([
            escape_deceptive(entry.name.as_str()).into_owned(),
            entry.role.name().to_string(),
            escape_deceptive(entry.role.customer().map_or("", CustomerId::as_str)).into_owned(),
            rfc3339(entry.created),
            expires,
        ]);
    }
    table
}

fn is_expired(entry: &TokenEntry, now: Timestamp) -> bool {
    entry.expires.is_some_and(|expires| expires <= now)
}

fn now() -> Timestamp {
    Clock::system(Timestamp::default()).now()
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    Ok(stdout.flush()?)
}
