//! Histories of a naive box office pass; one thing planted in them is found, and shown by the
//! exchanges that make it wrong.

mod model;
mod planted;

use super::after::EventAfter;
use super::verifier::Verifier;
use crate::result::Verification;
use boxoffice_client::protocol::reply::Effect;
use model::{Action, Kept, Model, Step, event, histories};
use proptest::prelude::*;

/// What verification says of these exchanges and this end.
fn verify(kept: &[Kept], after: &EventAfter) -> Verification {
    verify_within(kept, after, 1_000)
}

fn verify_within(kept: &[Kept], after: &EventAfter, limit: usize) -> Verification {
    let events = [event()];
    let mut verifier = Verifier::new(&events, histories(kept, limit));
    verifier.compare(0, after);
    verifier.finish()
}

fn action() -> impl Strategy<Value = Action> {
    let seats = || (0..model::SEATS, 1..3u16);
    prop_oneof![
        seats().prop_map(|(seat, seats)| Action::Hold { seat, seats }),
        seats().prop_map(|(seat, seats)| Action::Reserve { seat, seats }),
        (1..3u32).prop_map(|places| Action::Stand { places }),
        (1..3u32).prop_map(|places| Action::HoldStanding { places }),
        (0..100usize).prop_map(|which| Action::Confirm { which }),
        (0..100usize).prop_map(|which| Action::Release { which }),
        (0..100usize).prop_map(|which| Action::Look { which }),
        Just(Action::Read),
        (0..20u32).prop_map(|age_ms| Action::ReadCached { age_ms }),
        Just(Action::Sweep),
    ]
}

/// Steps, each on a connection of its own: the model's cache does not know what one was told.
fn steps(longest: usize) -> impl Strategy<Value = Vec<Step>> {
    let own = |(connection, step)| Step { connection, ..step };
    proptest::collection::vec(step(), 1..longest)
        .prop_map(move |steps| (0..).zip(steps).map(own).collect())
}

fn step() -> impl Strategy<Value = Step> {
    let times = (0..3_000u64, 0..4_000u64, 0..4_000u64);
    (action(), times).prop_map(|(action, (pause_us, before_us, after_us))| Step {
        action,
        connection: 0,
        pause_us,
        before_us,
        after_us,
    })
}

proptest! {
    #[test]
    fn what_a_box_office_does_is_right(steps in steps(60)) {
        let model = Model::of(&steps);
        let verification = verify(&model.history, &model.after());
        prop_assert_eq!(&verification.violations, &[], "{:?}", verification);
        prop_assert_eq!(&verification.unchecked, &Vec::<String>::new());
    }

    #[test]
    fn what_is_known_of_a_part_is_right(
        steps in steps(60), limit in 1..20usize,
    ) {
        let model = Model::of(&steps);
        let mut told = model.history.clone();
        told.sort_by_key(|kept| kept.done_ns);
        let verification = verify_within(&told, &model.after(), limit);
        prop_assert_eq!(&verification.violations, &[], "{:?}", verification);
    }

    #[test]
    fn any_wrong_count_is_found(
        steps in steps(60), which in 0..60usize,
    ) {
        let mut model = Model::of(&steps);
        let reads = model.history.iter_mut().filter_map(|kept| match &mut kept.what {
            model::What::Read { counts, .. } => Some(counts),
            _ => None,
        });
        if let Some(counts) = reads.into_iter().nth(which % 7) {
            counts.sold += 1;
            let verification = verify(&model.history, &model.after());
            prop_assert_eq!(verification.violations_found, 1, "{:?}", verification);
        }
    }

    #[test]
    fn any_lost_reservation_is_found(
        steps in steps(60), which in 0..60usize,
    ) {
        let model = Model::of(&steps);
        let mut after = model.after();
        if !after.rows.is_empty() {
            after.rows.remove(which % after.rows.len());
            prop_assert!(verify(&model.history, &after).violations_found > 0);
        }
    }

    #[test]
    fn any_version_that_comes_twice_is_found(
        steps in steps(60), which in 0..60usize,
    ) {
        let mut model = Model::of(&steps);
        let changes: Vec<_> = (0..model.history.len()).filter(|&index| is_change(&model.history[index])).collect();
        if changes.len() > 1 {
            let (one, two) = (changes[which % changes.len()], changes[(which + 1) % changes.len()]);
            model.history[one].version = model.history[two].version;
            prop_assert!(verify(&model.history, &model.after()).violations_found > 0);
        }
    }
}

fn is_change(kept: &Kept) -> bool {
    matches!(
        kept.what,
        model::What::Reservation { effect: Effect::Applied, .. }
            | model::What::Standing { effect: Effect::Applied, .. }
    )
}
