//! The page in real browsers. Pictures of them are in `target/tmp/screenshots`.

mod common;

mod browser {
    mod admin;
    mod booking;
    mod bookings;
    mod drawing;
    mod ends;
    mod kept_holds;
    mod lost_answers;
    mod many_tabs;
    mod map;
    mod page_units;
    mod plan_event;
    mod plan_page;
    mod presentation;
    mod rules;
    mod sale;
    mod sales_windows;
    mod shown;
    mod terms;
    mod tickets;
    mod two_visitors;
}
