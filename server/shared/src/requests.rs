//! The requests of one event: those that wait, and those of the round that is decided.

use crate::request::{Decided, EventRequest, NotApplied, Verdict};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::time::Timestamp;
use std::collections::VecDeque;

/// A request, and whether the copy is known to have all that was in the log when it came.
#[derive(Debug)]
pub(crate) struct Asked<R> {
    pub(crate) request: R,
    pub(crate) is_fresh: bool,
}

/// The requests of one event, in the order in which they came: first the round, then those that
/// wait.
#[derive(Debug)]
pub(crate) struct Requests<R> {
    pub(crate) waiting: VecDeque<Asked<R>>,
    /// Decided, and not answered yet.
    pub(crate) round: Vec<(Asked<R>, Decided)>,
    answers: VecDeque<(R, Verdict)>,
    /// No request has an earlier deadline.
    earliest: Timestamp,
}

impl<R: EventRequest> Requests<R> {
    pub(crate) const fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            round: Vec::new(),
            answers: VecDeque::new(),
            earliest: Timestamp::from_ms(u64::MAX),
        }
    }

    pub(crate) fn ask(&mut self, request: R) {
        self.earliest = self.earliest.min(request.deadline());
        self.waiting.push_back(Asked { request, is_fresh: false });
    }

    /// Whether there is no request, and no answer to be taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.round.is_empty() && self.answers.is_empty()
    }

    pub(crate) fn next_answer(&mut self) -> Option<(R, Verdict)> {
        self.answers.pop_front()
    }

    /// Has the round's requests wait again, before all others.
    pub(crate) fn decide_again(&mut self, is_fresh: bool) {
        for (asked, _) in self.round.drain(..).rev() {
            let is_fresh = is_fresh || asked.is_fresh;
            self.waiting.push_front(Asked { is_fresh, ..asked });
        }
    }

    /// Has those requests of the round wait again that came after the copy was last compared, if
    /// any came before. Returns whether any did.
    pub(crate) fn keep_fresh(&mut self) -> bool {
        let fresh = self.round.iter().take_while(|(asked, _)| asked.is_fresh).count();
        if fresh > 0 {
            for (asked, _) in self.round.drain(fresh..).rev() {
                self.waiting.push_front(asked);
            }
        }
        fresh > 0
    }

    /// Answers those of the round that came before the copy was last compared; all of it, if its
    /// changes are in the log.
    pub(crate) fn answer_fresh(&mut self, all: bool) {
        let is_fresh = |(asked, _): &&(Asked<R>, Decided)| all || asked.is_fresh;
        let fresh = self.round.iter().take_while(is_fresh).count();
        let answered = self.round.drain(..fresh);
        self.answers.extend(answered.map(|(asked, decided)| {
            let verdict = Verdict::Decided(decided);
            (asked.request, verdict)
        }));
    }

    /// The copy is another one: what was known about it counts no more.
    pub(crate) fn doubt_all(&mut self) {
        self.waiting.iter_mut().for_each(|asked| asked.is_fresh = false);
    }

    /// Says that nothing of the round was applied.
    pub(crate) fn refuse_round(&mut self, why: &NotApplied) {
        let refused = self.round.drain(..);
        let verdict = Verdict::NotApplied(why.clone());
        let answer =
            |(asked, decided): (Asked<R>, _)| (asked.request, unproven(&decided, &verdict));
        self.answers.extend(refused.map(answer));
    }

    /// Says that nothing of any request was applied.
    pub(crate) fn refuse_all(&mut self, why: &NotApplied) {
        self.decide_again(false);
        let refused = self.waiting.drain(..);
        let verdict = || Verdict::NotApplied(why.clone());
        self.answers.extend(refused.map(|asked| (asked.request, verdict())));
    }

    /// Says that every request may have been applied: one that waits may repeat one of the round.
    pub(crate) fn leave_open(&mut self) {
        self.decide_again(false);
        let open = self.waiting.drain(..);
        self.answers.extend(open.map(|asked| (asked.request, Verdict::OutcomeUnknown)));
    }

    /// Answers those whose deadline has come.
    pub(crate) fn expire(&mut self, now: Timestamp, verdict: &Verdict) {
        if now < self.earliest {
            return;
        }
        let is_late = |asked: &Asked<R>| asked.request.deadline() <= now;
        let of_round = self.round.extract_if(.., |(asked, _)| is_late(asked));
        let answer = |(asked, decided): (Asked<R>, _)| (asked.request, unproven(&decided, verdict));
        self.answers.extend(of_round.map(answer));
        for asked in std::mem::take(&mut self.waiting) {
            if is_late(&asked) {
                self.answers.push_back((asked.request, verdict.clone()));
            } else {
                self.waiting.push_back(asked);
            }
        }
        let round = self.round.iter().map(|(asked, _)| asked);
        let deadlines = round.chain(&self.waiting).map(|asked| asked.request.deadline());
        self.earliest = deadlines.min().unwrap_or(Timestamp::from_ms(u64::MAX));
    }

    /// No deadline is before this one. It is that of a request, which may be answered already.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let is_waiting = !self.waiting.is_empty() || !self.round.is_empty();
        is_waiting.then_some(self.earliest)
    }
}

/// The verdict about a request whose decision is not proven. One that found its wish fulfilled was
/// applied before: never is it said that it was not.
fn unproven(decided: &Decided, verdict: &Verdict) -> Verdict {
    match decided.body {
        Body::Reservation { effect: Effect::Unchanged, .. }
        | Body::OrderConfirmed { effect: Effect::Unchanged, .. }
        | Body::EventSaved { effect: Effect::Unchanged } => Verdict::OutcomeUnknown,
        _ => verdict.clone(),
    }
}
