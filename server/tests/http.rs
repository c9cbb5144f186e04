//! The HTTP API and its stream, mostly on servers in the test's own process.

mod common;
mod kinds;

mod http {
    mod booking_codes;
    mod clients;
    mod conditions;
    mod connections;
    mod description;
    mod drawings;
    mod exchanges;
    mod film_stream;
    mod late_payments;
    mod law_2_reply_is_a_promise;
    mod line_ends;
    mod malformed_requests;
    mod metrics;
    mod orders;
    mod origins;
    mod page;
    mod plans;
    mod presentation;
    mod reads;
    mod same_as_the_wire;
    mod schemathesis;
    mod shares;
    mod stream;
    mod stream_ends;
    mod stream_laws;
    mod tickets;
    mod tls;
    mod tokens;
    mod visitors;
    mod visits;
}
