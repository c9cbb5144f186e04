//! Copies between stores in memory.

use crate::filled::{contents, fill, grow, log};
use boxoffice_store::{AppendFault, CopyError, CopyFigures, Memory, Read, Store, StoreError, copy};

const NOW: u64 = 1_800_000_000_000;

async fn copied(from: &Memory, to: &Memory, source: &str) -> Result<CopyFigures, CopyError> {
    copy(from, to, source, fastrand::u128(..), &mut |_| {}).await
}

async fn filled_store() -> Memory {
    let store = Memory::new(NOW);
    fill(&store).await;
    store
}

#[tokio::test]
async fn everything_is_copied_and_goes_on_where_it_ended() {
    let (from, to) = (filled_store().await, Memory::new(NOW));
    let figures = copied(&from, &to, "here").await.expect("it is empty");
    assert_eq!((figures.logs, figures.snapshots), (6, 3));
    assert_eq!(contents(&from).await, contents(&to).await);
    let whole = |store: &Memory| store.read(&log("whole"), 0, 1_000);
    assert_eq!(whole(&from).await, whole(&to).await);
    for (log, end, _) in contents(&to).await {
        grow(&to, log.as_str(), end, 5).await;
    }
    // A copy of a copy knows the first one's mark from its own.
    copied(&to, &Memory::new(NOW), "there").await.expect("it is empty");
}

#[tokio::test]
async fn a_target_that_is_not_empty_is_refused() {
    let (from, to) = (filled_store().await, Memory::new(NOW));
    grow(&to, "mine", None, 1).await;
    assert_eq!(copied(&from, &to, "here").await, Err(CopyError::NotEmpty(log("mine"))));
    let to = Memory::new(NOW);
    copied(&from, &to, "here").await.expect("it is empty");
    assert_eq!(copied(&from, &to, "here").await, Err(CopyError::Finished));
    let other = copied(&from, &to, "elsewhere").await;
    assert!(matches!(other, Err(CopyError::NotEmpty(_))), "{other:?}");
}

#[tokio::test]
async fn a_source_that_grows_is_refused_and_the_same_copy_goes_on_when_it_stands_still() {
    let (from, to) = (filled_store().await, Memory::new(NOW));
    let ends = from.ends(vec![log("kept")]).await.expect("it is in memory");
    let mut more = Some(());
    let grows = from.clone();
    let mut progress = |figures: &CopyFigures| {
        if figures.logs == 6 && more.take().is_some() {
            let mut growing = Box::pin(grow(&grows, "kept", ends[0], 5));
            let waker = std::task::Waker::noop();
            let grown = growing.as_mut().poll(&mut std::task::Context::from_waker(waker));
            assert!(grown.is_ready(), "it is in memory");
        }
    };
    let refused = copy(&from, &to, "here", 1 << 64, &mut progress).await;
    assert_eq!(refused, Err(CopyError::Growing(log("kept"))));
    let other = copied(&from, &to, "elsewhere").await;
    assert_eq!(other, Err(CopyError::OtherSource("here".to_owned())));
    let figures = copied(&from, &to, "here").await.expect("it was begun");
    assert_eq!(figures.batches, 1, "what was copied is not copied again");
    assert_eq!(contents(&from).await, contents(&to).await);
}

#[tokio::test]
async fn a_target_without_answers_is_asked_until_it_has_each_batch_once() {
    let (from, to) = (filled_store().await, Memory::new(NOW));
    for name in ["kept", "large", "newest", "one", "part", "whole", "~copy"] {
        to.inject(&log(name), AppendFault::AnswerLost);
        to.inject(&log(name), AppendFault::AppliedLate);
    }
    copied(&from, &to, "here").await.expect("it is empty");
    to.deliver();
    assert_eq!(contents(&from).await, contents(&to).await);
}

#[tokio::test]
async fn damage_is_named_and_not_copied() {
    let (from, to) = (filled_store().await, Memory::new(NOW));
    from.flip(&log("whole"), 7, 3);
    let damage = StoreError::Damaged { log: log("whole"), version: 7 };
    assert_eq!(copied(&from, &to, "here").await, Err(CopyError::Source(damage)));
}

#[tokio::test]
async fn a_log_that_the_source_does_not_have_is_found() {
    let (from, to) = (filled_store().await, Memory::new(NOW));
    from.flip(&log("whole"), 7, 3);
    copied(&from, &to, "here").await.expect_err("it is damaged");
    from.flip(&log("whole"), 7, 3);
    grow(&to, "another", None, 1).await;
    let refused = copied(&from, &to, "here").await;
    assert_eq!(refused, Err(CopyError::Differs(log("another"))));
    let mark = to.read(&log("~copy"), 0, 9).await;
    assert!(matches!(mark, Ok(Read::Batches(mark)) if mark.len() == 1), "it is not finished");
}
