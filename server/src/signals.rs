//! Signals to the server, and notices to the service manager.

use crate::exit::Exit;
use boxoffice_server::clock::moment;
use boxoffice_server::config::Config;
use boxoffice_server::{Server, StartError};
use sd_notify::NotifyState;
use std::io;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that come within this time are one. `timeout`, a shell and a service manager may each
/// tell a process and then its group, which it is in.
const ONE_SIGNAL: Duration = Duration::from_millis(500);

/// The signals. Registered before the server says that it listens, so that they count from then on.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The next signal that ends the server.
    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.interrupt.recv() => SignalKind::interrupt(),
        }
    }

    /// The next signal that ends the server and is not the same as the one before it.
    async fn another(&mut self) -> SignalKind {
        let first = moment();
        loop {
            let signal = self.next().await;
            if moment() - first >= ONE_SIGNAL {
                return signal;
            }
            tracing::debug!("{} right after another signal: one of them counts", name(signal));
        }
    }

    /// Starts a server; none if a signal comes before it serves. No client was answered then, so
    /// the process may end at any moment.
    pub(crate) async fn start(&mut self, config: Config) -> Result<Option<Server>, StartError> {
        tell(&[NotifyState::Status("starting: reading the data folder")]);
        tokio::select! {
            started = Server::start(config) => started.map(Some),
            signal = self.next() => {
                tracing::info!("{} before it served: ended", name(signal));
                Ok(None)
            }
        }
    }

    /// Returns the signal that ends the server; none if the ledger has failed.
    async fn mind(&mut self, server: &Server) -> Option<SignalKind> {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return Some(SignalKind::terminate()),
                _ = self.interrupt.recv() => return Some(SignalKind::interrupt()),
                () = server.failed() => return None,
                _ = self.hang_up.recv() => reload(server),
            }
        }
    }

    /// Serves until a signal or the ledger's end. A second signal ends the process at once, unless it
    /// comes together with the first.
    pub(crate) async fn serve_until_stopped(mut self, server: Server) -> Exit {
        let status = format!("serving on {}", server.address());
        tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
        let signal = self.mind(&server).await;
        let Some(signal) = signal else {
            tracing::error!("the ledger failed; nothing more can be acknowledged");
            tell(&[NotifyState::Stopping, NotifyState::Status("the disk failed")]);
            server.stop().await;
            return Exit::LedgerFailed;
        };
        tracing::info!("{}: stopping; a second one ends it at once", name(signal));
        tell(&[NotifyState::Stopping, NotifyState::Status("answering the last requests")]);
        let stopped = tokio::select! {
            stopped = server.stop() => stopped,
            signal = self.another() => {
                tracing::warn!("{} again: ended before all requests were answered", name(signal));
                return Exit::Cut(signal);
            }
        };
        if stopped.connections_cut > 0 {
            tracing::warn!(cut = stopped.connections_cut, "connections did not end in time");
        }
        if stopped.durable { Exit::Stopped } else { Exit::LedgerFailed }
    }
}

/// Reads again what may change while the server runs.
fn reload(server: &Server) {
    match server.reload_tls() {
        Ok(true) => {}
        Ok(false) => tracing::info!("SIGHUP: there is no TLS certificate to read again"),
        Err(error) => tracing::error!("SIGHUP: the old TLS certificate stays: {error}"),
    }
}

fn name(signal: SignalKind) -> &'static str {
    if signal == SignalKind::interrupt() { "SIGINT" } else { "SIGTERM" }
}

/// Notifies the service manager, if there is one.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager cannot be notified");
    }
}
