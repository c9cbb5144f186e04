//! `boxoffice context`: servers by a name. No server is asked.

use crate::args::{ConnectionArgs, ContextCommand};
use crate::connection::{Context, Contexts, read_token};
use crate::console::Console;
use crate::failure::Failure;
use boxoffice_client::protocol::id::CustomerId;
use boxoffice_client::{DEFAULT_SERVER, TlsConfig};
use boxoffice_load::table::{Table, left, text};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Runs a `context` command. What a new context has comes from the options of a connection.
///
/// # Errors
/// [`Failure`] if the contexts cannot be read or written, or there is none of that name.
pub(crate) fn run(
    command: ContextCommand,
    options: &ConnectionArgs,
    console: &Console,
) -> Result<(), Failure> {
    let mut contexts = Contexts::read()?;
    match command {
        ContextCommand::Add { name, customer } => {
            let context = described(options, customer)?;
            let replaced = contexts.all.insert(name.clone(), context).is_some();
            let is_in_use = contexts.current.get_or_insert_with(|| name.clone()) == &name;
            contexts.write()?;
            let done = if replaced { "changed" } else { "added" };
            let next = format!("; `boxoffice context use {name}` makes it the one in use");
            let next = if is_in_use { ", and in use" } else { &next };
            console.note(&format!("{name} is {done}{next}"));
        }
        ContextCommand::Use { name, none: _ } => {
            if let Some(name) = &name {
                contexts.named(name)?;
            }
            contexts.current = name;
            contexts.write()?;
        }
        ContextCommand::Remove { name } => {
            contexts.named(&name)?;
            contexts.all.remove(&name);
            contexts.current = contexts.current.filter(|current| *current != name);
            contexts.write()?;
        }
        ContextCommand::List => print(&contexts, |_| true, console)?,
        ContextCommand::Show { name } => {
            let Some(name) = name.or_else(|| contexts.current.clone()) else {
                console.note(
                    "no context is in use; `boxoffice context list` has those that there are",
                );
                return Ok(());
            };
            contexts.named(&name)?;
            print(&contexts, |other| other == name, console)?;
        }
    }
    Ok(())
}

/// The context that the options describe. Its files are looked at, so that a mistake is seen now.
fn described(options: &ConnectionArgs, customer: Option<CustomerId>) -> Result<Context, Failure> {
    if options.token.is_some() {
        let why =
            "a context keeps no secret: write the token into a file, and name it with --token-file";
        return Err(Failure::Usage(why.to_owned()));
    }
    if options.insecure {
        let why =
            "a context is for a server that can be trusted: name its authority with --ca FILE";
        return Err(Failure::Usage(why.to_owned()));
    }
    options.token_file.as_deref().map(read_token).transpose()?;
    options.ca.as_deref().map(TlsConfig::authorities_in).transpose()?;
    let absolute = |path: &Option<PathBuf>| path.as_deref().map(std::path::absolute).transpose();
    let wrong = |error: std::io::Error| Failure::Usage(format!("a path makes no sense: {error}"));
    let server = options.server.as_ref();
    Ok(Context {
        server: server.map_or_else(|| DEFAULT_SERVER.to_owned(), |server| server.address.clone()),
        tls: options.tls || server.is_some_and(|server| server.is_encrypted),
        ca: absolute(&options.ca).map_err(wrong)?,
        token_file: absolute(&options.token_file).map_err(wrong)?,
        customer,
    })
}

/// The JSON of a context.
#[derive(Debug, Serialize)]
struct ContextRecord<'a> {
    name: &'a str,
    current: bool,
    #[serde(flatten)]
    context: &'a Context,
}

fn print(
    contexts: &Contexts,
    is_wanted: impl Fn(&str) -> bool,
    console: &Console,
) -> Result<(), Failure> {
    let mut records =
        contexts.all.iter().filter(|(name, _)| is_wanted(name)).map(|(name, context)| {
            ContextRecord { name, current: contexts.current.as_ref() == Some(name), context }
        });
    if console.is_json() {
        return Ok(records.try_for_each(|record| console.json(&record))?);
    }
    let mut table = Table::new([
        left("in use"),
        left("name"),
        text("server"),
        left("tls").spare(2),
        text("ca").spare(4),
        text("token file").spare(3),
        text("customer").spare(1),
    ]);
    for ContextRecord { name, current, context } in records {
        let path = |path: &Option<PathBuf>| {
            path.as_deref().map_or_else(String::new, |path: &Path| path.display().to_string())
        };
        table.row([
            if current { "*" } else { "" }.to_owned(),
            name.to_owned(),
            context.server.clone(),
            if context.tls || context.ca.is_some() { "yes" } else { "" }.to_owned(),
            path(&context.ca),
            path(&context.token_file),
            context.customer.as_ref().map_or_else(String::new, ToString::to_string),
        ]);
    }
    Ok(console.table(&table)?)
}
