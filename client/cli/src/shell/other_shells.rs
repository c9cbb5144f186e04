//! Completion in other shells: what makes them ask, and the answer, by the same code as at the prompt.

use super::completion::{COMPLETION_TIME, CompletionKind, fitting, live, word_of_program};
use crate::args::{CompletedShell, ConnectionArgs};
use crate::connection::Connection;
use crate::console::Console;
use crate::failure::Failure;
use boxoffice_client::ReservationFilter;
use clap::Parser;

const BASH: &str = r#"_boxoffice() {
    local line=${COMP_LINE:0:COMP_POINT} word IFS=$'\n'
    word=${line##*[[:space:]]}
    COMPREPLY=($(boxoffice complete -- "$line" 2>/dev/null))
    # bash replaces only what follows the last colon or equals sign.
    case $word in
        *[:=]*) COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*[:=]}"}"}") ;;
    esac
}
complete -o default -F _boxoffice boxoffice"#;

const ZSH: &str = r#"#compdef boxoffice
_boxoffice() {
    local -a candidates
    candidates=(${(f)"$(boxoffice complete -- "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
    if (( $#candidates )); then
        compadd -- $candidates
    else
        _files
    fi
}
compdef _boxoffice boxoffice"#;

const FISH: &str =
    "complete -c boxoffice -a '(boxoffice complete -- (commandline -cp | string collect))'";

/// The text that a shell reads once, to complete from then on.
pub(crate) const fn completions(shell: CompletedShell) -> &'static str {
    match shell {
        CompletedShell::Bash => BASH,
        CompletedShell::Zsh => ZSH,
        CompletedShell::Fish => FISH,
    }
}

/// The options of a connection in a line that is not finished; all else is no matter.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, ignore_errors = true, disable_help_flag = true)]
struct UnfinishedLine {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[arg(trailing_var_arg = false)]
    _others: Vec<String>,
}

/// Prints the candidates for the last word of a line, each as the whole word would be.
///
/// # Errors
/// [`Failure`] if no server can be asked. Nobody is to see it.
pub(crate) async fn complete(line: &str, console: &Console) -> Result<(), Failure> {
    let line = line.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    let word = word_of_program(line);
    let candidates = match &word.kind {
        CompletionKind::File | CompletionKind::Anything => Vec::new(),
        CompletionKind::Words(words) => {
            words.iter().filter(|known| known.starts_with(word.text)).cloned().collect()
        }
        kind => {
            let words = shlex::split(line).unwrap_or_default();
            let options = UnfinishedLine::try_parse_from(words).map(|line| line.connection);
            let options = options.map_err(|error| Failure::Usage(error.to_string()))?;
            let connection =
                Connection { timeout: COMPLETION_TIME, ..Connection::resolve(&options)? };
            ask(&connection, kind, word.text, console).await?
        }
    };
    let whole = line.rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let before = line.get(whole..word.start).unwrap_or_default();
    for candidate in candidates {
        console.data(&format!("{before}{candidate}"))?;
    }
    Ok(())
}

async fn ask(
    connection: &Connection,
    kind: &CompletionKind,
    start: &str,
    console: &Console,
) -> Result<Vec<String>, Failure> {
    let client = connection.open(0, console).await?;
    let CompletionKind::Reservation { event, command } = kind else {
        return Ok(live(&client, kind, start).await.unwrap_or_default());
    };
    let customer = connection.caller.known_customer(None, &client);
    let filter =
        ReservationFilter { event: event.clone(), customer, ..ReservationFilter::default() };
    let page = client.reservations(filter).next().await?.unwrap_or_default();
    let reservations: Vec<_> = page.into_iter().map(|row| row.reservation).collect();
    let fit = fitting(&reservations, event.as_ref(), command, start);
    Ok(fit.map(|reservation| reservation.id.to_string()).collect())
}
