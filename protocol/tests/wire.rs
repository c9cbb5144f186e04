//! The wire: what messages are in bytes, what is refused, and what hostile bytes come to.

mod wire {
    mod bounds;
    mod golden;
    mod hostile;
    mod random;
    mod reply_view;
    mod request_view;
    mod samples;
    mod serde;
}
