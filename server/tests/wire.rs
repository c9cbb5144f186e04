//! The binary protocol and the library that speaks it, on servers in the test's own process.

mod common;
mod kinds;

mod wire {
    mod a_concert;
    mod conformance;
    mod connections;
    mod created_again;
    mod due_holds;
    mod exchanges;
    mod holds;
    mod idempotency;
    mod invalid_requests;
    mod law_2_reply_is_a_promise;
    mod law_6_history;
    mod law_9_fair_by_principal;
    mod library;
    mod lists;
    mod malformed_frames;
    mod monotonic_reads;
    mod overload;
    mod permissions;
    mod planned_events;
    mod plans;
    mod publication;
    mod remembered_ids;
    mod restarts;
    mod sales_windows;
    mod shared_bounds;
    mod shares;
    mod tls;
    mod tls_misuse;
    mod tokens;
    mod watch_ends;
    mod watches;
}
