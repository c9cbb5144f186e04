//! The prompt: rustyline, on a thread of its own because it blocks.

use super::completion::{COMPLETION_TIME, CompletionKind, MOST, fitting, live, word_at};
use super::customer_holds::{CustomerHolds, Prompt};
use super::session::{AfterLine, ShellSession};
use crate::exit::CommandExit;
use crate::failure::Failure;
use crate::folders;
use crate::values::places;
use boxoffice_client::Client;
use parking_lot::Mutex;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, ExternalPrinter, Helper};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The interval of the countdown.
const TICK: Duration = Duration::from_secs(1);

type Keyboard = Editor<Assistant, FileHistory>;

/// Reads lines and runs them until Ctrl-D or `exit`.
pub(super) async fn run(mut session: ShellSession) -> Result<CommandExit, Failure> {
    let unusable =
        |error: ReadlineError| Failure::Usage(format!("cannot use the terminal: {error}"));
    let reading = Arc::new(AtomicBool::new(false));
    let mut keyboard = keyboard(&session).map_err(unusable)?;
    let history = history_file();
    if let Some(file) = &history {
        // The first time there is no history.
        keyboard.load_history(file).ok();
    }
    // Dropping it ends the ticker.
    let (_ending, ended) = sync_channel(0);
    if let Ok(printer) = keyboard.create_external_printer() {
        let (holds, client, reading) =
            (session.holds.clone(), session.client.clone(), reading.clone());
        std::thread::spawn(move || tick(printer, &holds, &client, &reading, &ended));
    }
    if let Some(customer) = session.customer() {
        session.fetch_holds(customer).await;
    }
    session.console.note("`help` lists the commands; Tab completes; Ctrl-D leaves");
    loop {
        let prompt = session.holds.lock().prompt(session.client.server_now());
        let line;
        (keyboard, line) = read(keyboard, prompt, &reading).await?;
        let line = match line {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(unusable(error)),
        };
        let concerned = session.concerned(&line);
        // Biased, so that the signal is watched before the command begins.
        let after = tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => {
                // The output may have stopped in the middle of a line.
                session.console.note("");
                session.interrupted(&line).inspect(|message| session.console.note(message));
                AfterLine::GoOn(CommandExit::Interrupted)
            }
            after = session.execute(&line) => after?,
        };
        if let Some(customer) = concerned {
            session.fetch_holds(customer).await;
        }
        if after == AfterLine::Leave {
            break;
        }
    }
    if let Some(file) = &history {
        keyboard.save_history(file).ok();
    }
    Ok(CommandExit::Done)
}

fn keyboard(session: &ShellSession) -> rustyline::Result<Keyboard> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_prompt_limit(MOST)
        .auto_add_history(true)
        .max_history_size(10_000)?
        .build();
    let mut keyboard = Editor::with_config(config)?;
    keyboard.set_helper(Some(Assistant {
        client: session.client.clone(),
        holds: session.holds.clone(),
        prompt: session.holds.lock().prompt(session.client.server_now()),
        files: FilenameCompleter::new(),
        runtime: Handle::current(),
    }));
    Ok(keyboard)
}

/// Reads a line without blocking the runtime.
async fn read(
    mut keyboard: Keyboard,
    prompt: Prompt,
    reading: &Arc<AtomicBool>,
) -> Result<(Keyboard, rustyline::Result<String>), Failure> {
    let reading = reading.clone();
    let read = tokio::task::spawn_blocking(move || {
        let text = prompt.text();
        let live = prompt.is_live();
        if let Some(assistant) = keyboard.helper_mut() {
            assistant.prompt = prompt;
        }
        reading.store(live, Ordering::Relaxed);
        let line = keyboard.readline(&text);
        reading.store(false, Ordering::Relaxed);
        (keyboard, line)
    });
    read.await.map_err(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Redraws the countdown and prints warnings, once a second.
fn tick(
    mut printer: impl ExternalPrinter,
    holds: &Mutex<CustomerHolds>,
    client: &Client,
    reading: &AtomicBool,
    ended: &Receiver<()>,
) {
    // Any printed text redraws the prompt below it. Up and down again prints nothing, in place.
    const REDRAW: &str = "\x1b[A\n";
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let warnings = holds.lock().warnings(client.server_now());
        let redraw = cfg!(unix) && warnings.is_empty() && reading.load(Ordering::Relaxed);
        for text in warnings.into_iter().chain(redraw.then(|| REDRAW.to_owned())) {
            let text = if text == REDRAW { text } else { text + "\n" };
            if printer.print(text).is_err() {
                return;
            }
        }
    }
}

/// The file of earlier lines, if the system has a folder for it.
fn history_file() -> Option<PathBuf> {
    let folder = folders::of_state()?;
    folders::create_private(&folder).ok()?;
    Some(folder.join("history"))
}

/// The callbacks of rustyline while a line is typed.
struct Assistant {
    client: Client,
    holds: Arc<Mutex<CustomerHolds>>,
    prompt: Prompt,
    files: FilenameCompleter,
    runtime: Handle,
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let word = word_at(&line[..position]);
        if word.kind == CompletionKind::File {
            return self.files.complete(line, position, context);
        }
        // Without an answer from the server there are no candidates.
        let candidates = self.candidates(&word.kind, word.text).unwrap_or_default();
        Ok((word.start, candidates))
    }
}

impl Assistant {
    fn candidates(&self, kind: &CompletionKind, start: &str) -> Option<Vec<Pair>> {
        let words = match kind {
            CompletionKind::Words(words) => words.clone(),
            CompletionKind::Event => self.live(kind, start)?,
            CompletionKind::Seat(_) => {
                return Some(self.live(kind, start)?.into_iter().map(plain).collect());
            }
            CompletionKind::Reservation { event, command } => {
                let holds = self.holds.lock();
                let fit = fitting(holds.all(), event.as_ref(), command, start);
                return Some(
                    fit.map(|reservation| Pair {
                        display: format!(
                            "{}  {}  {}  {}",
                            reservation.id,
                            reservation.event,
                            places(&reservation.places),
                            reservation.status
                        ),
                        replacement: format!("{} ", reservation.id),
                    })
                    .collect(),
                );
            }
            CompletionKind::File | CompletionKind::Anything => return None,
        };
        Some(
            words
                .into_iter()
                .filter(|word| word.starts_with(start))
                .map(|word| Pair { replacement: format!("{word} "), display: word })
                .collect(),
        )
    }

    fn live(&self, kind: &CompletionKind, start: &str) -> Option<Vec<String>> {
        let asked = live(&self.client, kind, start);
        self.runtime.block_on(async { timeout(COMPLETION_TIME, asked).await }).ok()?
    }
}

/// Without a space behind it: a comma may follow a seat.
fn plain(label: String) -> Pair {
    Pair { display: label.clone(), replacement: label }
}

impl Highlighter for Assistant {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        default: bool,
    ) -> Cow<'b, str> {
        if default && self.prompt.is_live() {
            Cow::Owned(self.prompt.at(self.client.server_now()))
        } else {
            Cow::Borrowed(prompt)
        }
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Validator for Assistant {}

impl Helper for Assistant {}
