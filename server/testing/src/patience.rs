//! Waiting for an event, with one bound for all waits.

use std::future::Future;
use std::time::Duration;

/// The bound of every wait. A test that fails by it hangs: on a machine that is busy with other
/// work everything takes longer, but nothing takes a minute.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long a test looks on when nothing may happen. A busy machine makes this look less closely,
/// and never fail.
const ABSENCE: Duration = Duration::from_millis(100);

/// Returns once `done` is true. A server's counters, for instance, change a moment after its reply.
pub async fn until(what: &str, mut done: impl FnMut() -> bool) {
    until_some(what, async || done().then_some(())).await;
}

/// Asks again and again until the answer is something, and returns that.
pub async fn until_some<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            pause().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("never: {what}"))
}

/// Leaves the processor to the server: a test that spins slows it down.
async fn pause() {
    #[expect(clippy::disallowed_methods, reason = "nothing depends on how long it takes")]
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Looks on for a moment. Returns nothing if nothing comes, or else what came too early.
pub async fn nothing_of<T>(coming: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(ABSENCE, coming).await.ok()
}

/// The seed of this run's random choices. It is printed; `BOXOFFICE_SEED` replays it.
pub fn seed() -> u64 {
    let given = std::env::var("BOXOFFICE_SEED").ok();
    let given = given.map(|seed| seed.parse().expect("BOXOFFICE_SEED is a number"));
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    println!("BOXOFFICE_SEED={seed}");
    seed
}
