//! The backup that a connection waits for, while its other requests are answered.

use crate::backups::Begun;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;

/// At most one: the server makes one at a time.
#[derive(Debug, Default)]
pub(super) struct AwaitedBackup(Option<(u32, Begun)>);

impl AwaitedBackup {
    pub(super) const fn is_awaited(&self) -> bool {
        self.0.is_some()
    }

    /// Awaits `begun`, to answer the request with this correlation id.
    pub(super) fn begin(&mut self, correlation: u32, begun: Begun) {
        self.0 = Some((correlation, begun));
    }

    /// Returns the ended backup's reply; never returns where none is awaited. Nothing is lost when
    /// the future is dropped.
    pub(super) async fn ended(&mut self) -> (u32, Body) {
        let Some((correlation, begun)) = &mut self.0 else {
            return std::future::pending().await;
        };
        let lost = || Refusal::BackupFailed { why: "the server failed at it".to_owned().into() };
        let ended = (*correlation, begun.await.unwrap_or_else(|_| Body::Refused(lost())));
        self.0 = None;
        ended
    }
}
