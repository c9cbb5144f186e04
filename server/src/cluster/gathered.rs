//! Questions to the engine that many ask at once: one request of this server answers those that came
//! together.

use super::queue::queue;
use boxoffice_store::{Pending, StoreError};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Requests to the engine that are on their way at once.
const AT_ONCE: usize = 4;

type Question<Q, A> = (Q, oneshot::Sender<Result<A, StoreError>>);

/// Gathers questions of one kind.
#[derive(Debug)]
pub(super) struct Gathered<Q, A> {
    asked: mpsc::UnboundedSender<Question<Q, A>>,
}

impl<Q: Send + 'static, A: Send + 'static> Gathered<Q, A> {
    /// `send` asks the engine, and has as many answers as there are questions.
    pub(super) fn start(send: impl Fn(Vec<Q>) -> Pending<Vec<A>> + Send + 'static) -> Self {
        let (asked, mut waiting) = queue::<Question<Q, A>>();
        tokio::spawn(async move {
            let free = Arc::new(Semaphore::new(AT_ONCE));
            while let Some(first) = waiting.recv().await {
                let permit = Arc::clone(&free).acquire_owned().await;
                // Others of the same round of the event loop come along.
                tokio::task::yield_now().await;
                let (mut questions, mut says) = (vec![first.0], vec![first.1]);
                while let Ok((question, say)) = waiting.try_recv() {
                    questions.push(question);
                    says.push(say);
                }
                let pending = send(questions);
                tokio::spawn(async move {
                    let answered = pending.await;
                    drop(permit);
                    give(answered, says);
                });
            }
        });
        Self { asked }
    }

    pub(super) async fn ask(&self, question: Q) -> Result<A, StoreError> {
        let (say, answer) = oneshot::channel();
        // It ends with the server only.
        let _ = self.asked.send((question, say));
        let gone = || StoreError::Unavailable("the server is stopping".to_owned());
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn give<A>(
    answered: Result<Vec<A>, StoreError>,
    says: Vec<oneshot::Sender<Result<A, StoreError>>>,
) {
    match answered {
        Ok(answers) => {
            for (say, answer) in says.into_iter().zip(answers) {
                // Its event may wait no longer.
                let _ = say.send(Ok(answer));
            }
        }
        Err(error) => {
            for say in says {
                let _ = say.send(Err(error.clone()));
            }
        }
    }
}
