//! The parser of one line of the shell.

use crate::args::{OutputArgs, PromptLine, ServerCommand, TypedCommand};
use boxoffice_client::protocol::id::CustomerId;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// Commands of the shell itself.
pub(super) const OWN_WORDS: [&str; 4] = ["use", "help", "exit", "quit"];

const OWN_HELP: &str = "In the shell:
  use CUSTOMER  Be this customer from here on; `use` alone prints the customer
  exit          Leave, as Ctrl-D does; Ctrl-C only ends a line or a command

`COMMAND --help` says more about a command.";

#[derive(Debug)]
pub(super) enum ShellLine {
    /// A blank line, or a comment.
    Empty,
    Leave,
    /// Print the customer of the session.
    ShowCustomer,
    /// Change the customer of the session.
    Use(CustomerId),
    /// Print this text, like the help of a command.
    Print(String),
    Command {
        command: Box<ServerCommand>,
        /// How the line wants its output.
        output: OutputArgs,
    },
    /// A line that makes no sense, with the message.
    Wrong(String),
}

impl ShellLine {
    /// Parses a line.
    pub(super) fn parse(text: &str) -> Self {
        let Some(mut words) = shlex::split(text) else {
            return Self::Wrong("error: a quote is left open".to_owned());
        };
        let Some(first) = words.first().cloned() else { return Self::Empty };
        match (first.as_str(), words.get(1)) {
            ("exit" | "quit", None) => return Self::Leave,
            ("help", None) => return Self::Print(help()),
            ("use", None) => return Self::ShowCustomer,
            // A name may have spaces without quotes.
            ("use", Some(_)) => return use_customer(&words[1..].join(" ")),
            // A command may be copied from a hint or the README.
            ("boxoffice", Some(_)) => drop(words.remove(0)),
            _ => {}
        }
        match PromptLine::try_parse_from(words) {
            Ok(PromptLine { command: TypedCommand::Server(command), output }) => {
                Self::Command { command: Box::new(command), output }
            }
            Ok(PromptLine { command: TypedCommand::Shell { .. }, .. }) => {
                Self::Wrong("error: this is the shell already".to_owned())
            }
            Ok(_) => Self::Wrong(format!(
                "error: that is not for the shell; type `boxoffice {first}` outside"
            )),
            Err(error) if error.use_stderr() => Self::Wrong(complaint(&error)),
            Err(help) => Self::Print(help.to_string().trim_end().to_owned()),
        }
    }
}

/// The message of a parser error, without advice that only helps outside of the shell.
fn complaint(error: &clap::Error) -> String {
    let text = error.to_string();
    let unknown = error.kind() == ErrorKind::InvalidSubcommand;
    let parts = text.trim_end().split("\n\n").filter(|part| {
        let usage = unknown && part.starts_with("Usage: ");
        !usage && !part.starts_with("For more information")
    });
    let mut complaint = parts.collect::<Vec<_>>().join("\n");
    if unknown {
        complaint.push_str("\n`help` lists the commands");
    }
    complaint
}

fn use_customer(name: &str) -> ShellLine {
    match CustomerId::parse(name) {
        Ok(customer) => ShellLine::Use(customer),
        Err(error) => ShellLine::Wrong(format!("error: {error}")),
    }
}

fn help() -> String {
    let shell = PromptLine::command().about("Commands of the shell; Tab completes them.");
    shell.after_help(OWN_HELP).render_help().to_string().trim_end().to_owned()
}

/// The customer that a command names, or leaves out; none for commands that have none.
pub(super) fn customer_of(command: &ServerCommand) -> Option<&Option<CustomerId>> {
    match command {
        ServerCommand::Hold(args) => Some(&args.places.customer),
        ServerCommand::Reserve(args) => Some(&args.places.customer),
        ServerCommand::Confirm(args) => Some(&args.kept.reservation.customer),
        ServerCommand::Release(args) | ServerCommand::Cancel(args) => {
            Some(&args.reservation.customer)
        }
        ServerCommand::Extend(args) => Some(&args.reservation.customer),
        ServerCommand::Transfer(args) => Some(&args.reservation.customer),
        ServerCommand::Exchange(args) => Some(&args.customer),
        ServerCommand::Order(args) => Some(&args.reservation.customer),
        ServerCommand::Show(args) => Some(&args.customer),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let line = match ShellLine::parse(text) {
            ShellLine::Empty => "empty".to_owned(),
            ShellLine::Leave => "leave".to_owned(),
            ShellLine::ShowCustomer => "who".to_owned(),
            ShellLine::Use(customer) => format!("use {customer}"),
            ShellLine::Print(text) => format!("print {text}"),
            ShellLine::Command { command, .. } => match customer_of(&command) {
                Some(Some(customer)) => format!("command for {customer}"),
                Some(None) => "command for the session's".to_owned(),
                None => "command".to_owned(),
            },
            ShellLine::Wrong(why) => why,
        };
        assert!(line.starts_with(expected), "{text:?} is {line:?}, not {expected:?}");
    }

    #[test]
    fn lines_are_understood() {
        check("", "empty");
        check("  # a comment", "empty");
        check("exit", "leave");
        check("use", "who");
        check("use Zoë Ångström", "use Zoë Ångström");
        check("use 'Zoë Ångström'", "use Zoë Ångström");
        check("events", "command");
        check("events --json", "command");
        check("boxoffice events", "command");
        check("hold dune-2 A1-A4", "command for the session's");
        check("hold dune-2 A1 --customer 'bob b'", "command for bob b");
        check("hold dune-2 A1 --customer=bob", "command for bob");
        check("confirm dune-2 0192d3a0-7b1c-7def-8a12-3456789abcde", "command for the session's");
        check("help", "print ");
        check("hold --help", "print ");
        check("help hold", "print ");
    }

    #[test]
    fn lines_that_mean_nothing_say_so() {
        check("hold 'dune-2", "error: a quote is left open");
        check("use \u{202E}x", "error: customer");
        check("shell", "error: this is the shell already");
        check("hlod dune-2", "error: ");
        check("hold dune-2 ,", "error: ");
        check("exit now", "error: ");
        let ShellLine::Wrong(why) = ShellLine::parse("hlod dune-2") else { panic!("a line") };
        assert!(why.ends_with("\n`help` lists the commands") && !why.contains("Usage"), "{why}");
    }
}
