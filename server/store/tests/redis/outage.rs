//! Servers that crash, stop and come back.

use crate::bench::parsed;
use crate::{append, batch, log, open, server, settle};
use boxoffice_store::{Batch, Outcome, Read, Redis, RedisSettings, Store, StoreError};
use boxoffice_testing::{CutAnswers, CuttingProxy};

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_crash() {
    let server = server!();
    let store = open(&server).await;
    let mut grown: Vec<Vec<Batch>> = vec![Vec::new(); 8];
    for round in 0..3 {
        for _ in 0..20 {
            let mut sent = Vec::new();
            for (number, log) in grown.iter().enumerate() {
                let end = log.last().map(Batch::end);
                sent.push(batch(&store, &format!("log-{number}"), end).await);
            }
            let answers = store.append(sent.clone());
            for ((log, batch), answer) in grown.iter_mut().zip(sent).zip(answers) {
                assert_eq!(answer.await, Ok(Outcome::Appended));
                log.push(batch);
            }
        }
        server.crash();
        server.resume();
        for (number, log) in grown.iter().enumerate() {
            let read = loop {
                let read = store.read(&crate::log(&format!("log-{number}")), 0, 999).await;
                if !matches!(read, Err(StoreError::Unavailable(_))) {
                    break read;
                }
            };
            assert_eq!(read, Ok(Read::Batches(log.clone())), "crash {round}");
        }
        for (number, log) in grown.iter_mut().enumerate() {
            let (name, end) = (format!("log-{number}"), log.last().map(Batch::end));
            let next = batch(&store, &name, end).await;
            settle(&store, &next).await;
            let ends = store.ends(vec![crate::log(&name)]).await;
            assert_eq!(ends, Ok(vec![Some(next.end())]));
            log.push(next);
        }
    }
}

#[tokio::test]
async fn an_append_whose_answer_was_cut_is_unknown_and_there_once() {
    let server = server!();
    let proxy = CuttingProxy::before(server.host()).await;
    let address = parsed(&format!("redis://{}", proxy.address));
    let store = Redis::open(&address, &RedisSettings::default()).await;
    let (store, direct) = (store.expect("it is up"), open(&server).await);
    let first = batch(&store, "cut", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "cut", Some(first.end())).await;
    proxy.cut(CutAnswers::All);
    let outcome = append(&store, &second).await;
    assert!(matches!(outcome, Ok(Outcome::Unknown(_))), "{outcome:?}");
    let both = Read::Batches(vec![first, second.clone()]);
    while direct.read(&log("cut"), 0, 9).await != Ok(both.clone()) {}
    // No connection can be made now: nothing is sent, and nothing is unknown.
    let unsent = append(&store, &second).await;
    assert!(matches!(unsent, Err(StoreError::Unavailable(_))), "{unsent:?}");
    proxy.cut(CutAnswers::None);
    settle(&store, &second).await;
    assert_eq!(store.read(&log("cut"), 0, 9).await, Ok(both));
}

#[tokio::test]
async fn an_append_to_a_server_that_stopped_and_died_is_unknown_and_settled() {
    let server = server!();
    let store = open(&server).await;
    let first = batch(&store, "stopped", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "stopped", Some(first.end())).await;
    server.freeze();
    let answer = store.append(vec![second.clone()]).pop().expect("an answer for a batch");
    let answer = tokio::spawn(answer);
    // It is sent as soon as the store's thread gets to it; the crash may be sooner.
    let quick = batch_is_pending(&answer).await;
    assert!(quick, "nothing answers");
    server.crash();
    let outcome = answer.await.expect("no panic");
    let is_open = matches!(outcome, Ok(Outcome::Unknown(_)) | Err(StoreError::Unavailable(_)));
    assert!(is_open, "{outcome:?}");
    server.resume();
    settle(&store, &second).await;
    let both = Read::Batches(vec![first, second]);
    assert_eq!(store.read(&log("stopped"), 0, 9).await, Ok(both));
}

async fn batch_is_pending<T>(answer: &tokio::task::JoinHandle<T>) -> bool {
    tokio::task::yield_now().await;
    !answer.is_finished()
}

#[tokio::test]
async fn it_heals_by_itself_and_hears_hints_again() {
    let server = server!();
    let (store, other) = (open(&server).await, open(&server).await);
    let first = batch(&store, "down", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let second = batch(&store, "down", Some(first.end())).await;
    server.crash();
    // A connection whose end was not noticed yet may have sent it.
    while matches!(append(&store, &second).await, Ok(Outcome::Unknown(_))) {}
    let answer = append(&store, &second).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    let read = store.read(&log("down"), 0, 1).await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    server.resume();
    settle(&store, &second).await;
    let mut hints = other.hints().await.expect("it is open");
    let hinted = async { hints.next().await.expect("it is open") };
    let hint = async {
        // Until the other one listens again.
        loop {
            drop(store.hint(vec![log("down")]).await);
        }
    };
    let hinted = tokio::select! { hinted = hinted => hinted, () = hint => unreachable!() };
    assert_eq!(hinted, log("down"));
}

#[tokio::test]
async fn functions_that_an_operator_removed_are_loaded_again() {
    let server = server!();
    let store = open(&server).await;
    let first = batch(&store, "flushed", None).await;
    assert_eq!(append(&store, &first).await, Ok(Outcome::Appended));
    let _: () = crate::bench::typed(&mut crate::bench::operator(&server), "FUNCTION FLUSH");
    let second = batch(&store, "flushed", Some(first.end())).await;
    settle(&store, &second).await;
}
