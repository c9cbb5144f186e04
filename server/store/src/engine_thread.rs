//! The thread of an engine's store: work goes on there, whatever becomes of its answer.

use crate::error::StoreError;
use crate::store::Pending;
use std::io;
use tokio::runtime::{Builder, EnterGuard, Runtime};
use tokio::sync::oneshot;

/// A thread for what a store asks of its engine. It ends with the store.
pub(crate) struct EngineThread {
    /// None only while it is dropped.
    runtime: Option<Runtime>,
}

impl EngineThread {
    /// Starts a thread and opens an engine on it. `failed` makes an error of a thread that cannot be
    /// started, `gone` of one that ended.
    pub(crate) async fn open<P: Send + 'static, E: Send + 'static>(
        open: impl Future<Output = Result<P, E>> + Send + 'static,
        failed: impl FnOnce(io::Error) -> E,
        gone: impl FnOnce(String) -> E,
    ) -> Result<(Self, P), E> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let thread = Self { runtime: Some(runtime.map_err(failed)?) };
        let (say, opened) = oneshot::channel();
        thread.runtime().spawn(async move { drop(say.send(open.await)) });
        let parts = opened.await.map_err(|_| gone("its thread is gone".to_owned())).flatten()?;
        Ok((thread, parts))
    }

    /// Starts work, and returns its answer. The answer may be dropped; the work may not.
    pub(crate) fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Pending<T> {
        let (say, answer) = oneshot::channel();
        self.runtime().spawn(async move { drop(say.send(work.await)) });
        let gone = || StoreError::Unavailable("the store is closed".to_owned());
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(gone())) })
    }

    /// Has tasks that are spawned meanwhile run on the thread.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.runtime().enter()
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("only a drop takes it")
    }
}

impl Drop for EngineThread {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
