use super::*;
use proptest::prelude::*;

fn outcome(kind: u8, number: u32, bits: u32, seats: &[Seat]) -> ExchangeOutcome<'_> {
    let effect = if bits & 1 == 0 { Effect::Applied } else { Effect::Unchanged };
    let status = Status::ALL[bits as usize % Status::ALL.len()];
    let requested =
        if bits & 4 == 0 { RequestedReservation::New } else { RequestedReservation::Known };
    let reservation =
        |places| ExchangeOutcome::Reservation { number, requested, effect, status, places };
    let count = u64::from(bits);
    let counts = Counts { free: count << 20, held: count, sold: count + 1, blocked: count % 3 };
    match kind {
        0 => reservation(ExchangePlaces::Seats(seats)),
        1 => reservation(ExchangePlaces::Standing { section: 254, places: bits % 100 }),
        2 => ExchangeOutcome::Refused { code: 22, number: None, claim: RefusalClaim::Nothing },
        3 => ExchangeOutcome::Refused {
            code: 16,
            number: Some(number),
            claim: RefusalClaim::Taken(unpack_seat(bits)),
        },
        4 => ExchangeOutcome::Refused {
            code: 17,
            number: Some(number),
            claim: RefusalClaim::Free(count),
        },
        5 => ExchangeOutcome::Read { age_ms: None, counts },
        6 => ExchangeOutcome::Read { age_ms: Some(bits), counts },
        _ => ExchangeOutcome::Unknown { number },
    }
}

proptest! {
    #[test]
    fn exchanges_read_back(
        kind in 0..8u8, number in 0..u32::MAX, bits: u32, places in 2..100u16,
        sent in 0..1u64 << 44, took in 0..1u64 << 34, version in 0..1u64 << 48,
        connection: u16, event: u32,
    ) {
        let seats: Vec<_> = (0..places).map(|number| Seat::new(3, 17, number)).collect();
        let outcome = outcome(kind, number, bits, &seats);
        let (sent_ns, done_ns) = (sent, sent + took);
        let exchange = Exchange { connection, event, sent_ns, done_ns, version, outcome };
        let mut history = ThreadHistory::new(1);
        history.record(&exchange);
        let kept = history.exchange(0).expect("one was recorded");
        prop_assert!(kept.sent_ns <= sent_ns && sent_ns - kept.sent_ns < TICK_NS);
        prop_assert!(kept.done_ns >= done_ns && kept.done_ns - done_ns < TICK_NS);
        prop_assert_eq!(Exchange { sent_ns, done_ns, ..kept }, exchange);
    }
}

fn unanswered(sent_ns: u64, done_ns: u64) -> Exchange<'static> {
    let outcome = ExchangeOutcome::Unknown { number: 1 };
    Exchange { connection: 0, event: 0, sent_ns, done_ns, version: 0, outcome }
}

#[test]
fn what_never_came_or_took_very_long_is_never_done() {
    for done_ns in [NEVER, 70_000_000_000] {
        let mut history = ThreadHistory::new(1);
        history.record(&unanswered(0, done_ns));
        assert_eq!(history.exchange(0).map(|exchange| exchange.done_ns), Some(NEVER));
    }
}

#[test]
fn a_full_history_knows_until_when_it_is_whole() {
    let mut history = ThreadHistory::new(2);
    for (sent_ns, done_ns) in [(100, 200), (300, 400), (350, 900), (330, 950)] {
        history.record(&unanswered(sent_ns, done_ns));
    }
    assert_eq!((history.len(), history.left_out(), history.whole_until_ns()), (2, 2, 330));
    assert_eq!((EXCHANGE_BYTES, history.bytes()), (32, 64));
}
