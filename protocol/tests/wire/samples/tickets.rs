//! Requests for tickets of several types.

use super::{
    Sample, customer, event, key, labels, places, reservation_id, sample, ticket_count, ticket_type,
};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{RequestedTypes, Selection, TicketCounts};

/// New reservations that say the types of their tickets, or what they may cost.
pub(super) fn typed_reservations() -> Vec<Sample<Request>> {
    let reserve = |selection| Request::Reserve {
        id: reservation_id(),
        event: event(),
        customer: customer(),
        selection,
        order: None,
    };
    let hold = |selection| Request::Hold {
        id: reservation_id(),
        event: event(),
        customer: customer(),
        selection,
        ttl_ms: None,
        order: None,
    };
    let standing = || Selection::Standing { places: places(2), section: None };
    vec![
        sample(
            "hold-types",
            "a seat for a child and one for an adult",
            hold(
                Selection::Seats(labels(&["stalls:A12", "stalls:A13"]))
                    .typed(RequestedTypes::Each(vec![ticket_type("child"), ticket_type("adult")])),
            ),
        ),
        sample(
            "reserve-types",
            "two places, one for an adult and one for a child",
            reserve(standing().typed(RequestedTypes::Counts(one_of_each()))),
        ),
        sample(
            "reserve-at-most",
            "two places, if they cost 60.00 EUR at most",
            reserve(standing().at_most(6_000)),
        ),
    ]
}

/// Exchanges for other places.
pub(super) fn exchanges() -> Vec<Sample<Request>> {
    let exchange = |if_revision, to| Request::Exchange { reservation: key(), if_revision, to };
    let standing = Selection::Standing { places: places(2), section: None };
    vec![
        sample(
            "exchange",
            "have these two seats instead, if this is its revision",
            exchange(0, Selection::Seats(labels(&["stalls:A12", "stalls:A13"]))),
        ),
        sample(
            "exchange-types",
            "have two standing places, an adult's and a child's, if they cost 60.00 EUR at most",
            exchange(1, standing.typed(RequestedTypes::Counts(one_of_each())).at_most(6_000)),
        ),
    ]
}

/// A ticket for an adult, and one for a child.
pub(super) fn one_of_each() -> TicketCounts {
    let counts = vec![ticket_count("adult", 1), ticket_count("child", 1)];
    TicketCounts::new(counts).expect("within the bounds")
}
