//! Follows the token file, and that of visitors' keys, while the server runs.

use super::registry::TokenRegistry;
use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
use rustix::io::{Errno, read};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// How often the file is read without a notice of the kernel: network file systems give none.
const EVERY: Duration = Duration::from_secs(10);

/// Keeps the tokens of `auth`, and the keys of visitors, as their files have them, until this is
/// dropped.
pub(crate) async fn follow(auth: Arc<TokenRegistry>) {
    let files: Vec<PathBuf> = [
        auth.file().map(|file| file.path().to_owned()),
        auth.visitors().file().map(Path::to_owned),
    ]
    .into_iter()
    .flatten()
    .collect();
    if files.is_empty() {
        return;
    }
    let folder = WatchedFolder::new().inspect_err(|error| {
        tracing::warn!(%error, "changes of tokens are noticed only every {EVERY:?}");
    });
    let folder = folder.ok();
    let mut trouble = None;
    loop {
        // Watched before it is read, so that no change is missed between the two; and again each
        // time, as folders come and go.
        if let Some(folder) = &folder {
            files.iter().for_each(|file| folder.watch(file));
        }
        let reading = Arc::clone(&auth);
        let renewed = tokio::task::spawn_blocking(move || {
            if let Err(error) = reading.visitors().renew() {
                tracing::error!("the old keys of visitors stay: {error}");
            }
            reading.renew()
        });
        let renewed = renewed.await;
        match renewed {
            Ok(Ok(has_changed)) => {
                trouble = None;
                if has_changed {
                    tracing::info!(tokens = auth.tokens(), "tokens have changed");
                }
            }
            Ok(Err(error)) => {
                let why = error.to_string();
                if trouble.as_ref() != Some(&why) {
                    tracing::error!("the old tokens stay: {why}");
                }
                trouble = Some(why);
            }
            // The server ends.
            Err(_) => return,
        }
        let stirred = async {
            match &folder {
                Some(folder) => folder.stirred().await,
                None => std::future::pending().await,
            }
        };
        // The kernel need not notice every change, on a network's file system for instance.
        let _ = tokio::time::timeout(EVERY, stirred).await;
    }
}

/// The folders of the file, watched by inotify: a replaced file is another one, its folder stays.
struct WatchedFolder(AsyncFd<OwnedFd>);

impl WatchedFolder {
    fn new() -> io::Result<Self> {
        let inotify = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        #[expect(unsafe_code, reason = "tokio's AsyncFd over rustix's inotify has no safe way")]
        // SAFETY: an `OwnedFd` is a valid descriptor until it is dropped, and nothing else has it:
        // `AsyncFd` owns it, and it is lent out by shared reference only.
        let inotify = unsafe { AsyncFd::register_with_interest(inotify, Interest::READABLE) };
        Ok(Self(inotify?))
    }

    /// Watches the folder of the file, and that of its target if it is a link.
    fn watch(&self, path: &Path) {
        let target = path.canonicalize().ok().filter(|target| target != path);
        for path in [Some(path), target.as_deref()].into_iter().flatten() {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            let changes = WatchFlags::CLOSE_WRITE
                | WatchFlags::MOVED_TO
                | WatchFlags::MOVED_FROM
                | WatchFlags::DELETE;
            // A folder that does not exist yet is tried again.
            let _ = add_watch(self.0.get_ref(), parent.unwrap_or(Path::new(".")), changes);
        }
    }

    /// Returns when something has changed in the folders since the last call.
    async fn stirred(&self) {
        let Ok(mut ready) = self.0.readable().await else { return std::future::pending().await };
        let mut what = [0; 4096];
        while let Ok(1..) | Err(Errno::INTR) = read(self.0.get_ref(), &mut what) {}
        ready.clear_ready();
    }
}
