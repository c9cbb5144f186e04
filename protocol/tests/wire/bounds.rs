//! The largest things that may be said fit into the frames that carry them.

use boxoffice_protocol::event::{
    Counts, EventUpdate, Layout, PackedStates, PlaceState, SeatMap, SectionMap, SectionSpec,
    Sections,
};
use boxoffice_protocol::frame::{ClientCodec, ReplyFrame, ServerCodec};
use boxoffice_protocol::id::{EventId, EventName, LetteredSeat, SeatLabel};
use boxoffice_protocol::limits::{
    MAX_EVENT_ROWS, MAX_EVENT_SEATS, MAX_REQUEST_FRAME_BYTES, MAX_ROWS, MAX_SECTIONS,
};
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::Request;
use bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};

#[test]
fn the_seat_map_of_the_largest_event_fits_a_reply() {
    let reply = Reply { version: u64::MAX, age_ms: u32::MAX, body: Body::Seats(largest_map()) };
    let frame = ReplyFrame { correlation: u32::MAX, reply };
    let mut bytes = BytesMut::new();
    ServerCodec.encode(frame.clone(), &mut bytes).expect("a reply");
    let read = ClientCodec.decode(&mut bytes).expect("it is within the limit");
    assert_eq!(read, Some(frame));
}

/// As many sections, rows and seats as there may be, with the longest names and numbers.
fn largest_map() -> SeatMap {
    let rows_each = MAX_EVENT_ROWS / MAX_SECTIONS;
    let seats_each = MAX_EVENT_SEATS / MAX_SECTIONS;
    let sections = (0..MAX_SECTIONS).map(|index| {
        // Rows of 251 seats and more take three bytes, the others one.
        let long_rows = (seats_each - rows_each) / 250;
        let rows = (0..rows_each).map(|row| if row < long_rows { 251 } else { 1 }).collect();
        SectionSpec {
            name: format!("{index:0>32}").parse().expect("a word"),
            price: 1_000_000_000_000,
            layout: Layout::Seated { rows },
        }
    });
    let sections = Sections::new(sections.collect()).expect("within the bounds");
    let sections = sections.as_slice().iter().map(|section| SectionMap {
        section: section.clone(),
        counts: Counts { free: u64::MAX, held: u64::MAX, sold: u64::MAX, blocked: u64::MAX },
        states: PackedStates::pack((0..section.layout.capacity()).map(|_| PlaceState::Blocked)),
    });
    SeatMap { plan: None, sections: sections.collect() }
}

#[test]
fn an_event_has_a_bounded_number_of_rows() {
    let section = |index: usize| SectionSpec {
        name: format!("s{index}").parse().expect("a word"),
        price: 1,
        layout: Layout::Seated { rows: vec![1; MAX_ROWS] },
    };
    assert!(Sections::new((0..MAX_EVENT_ROWS / MAX_ROWS).map(section).collect()).is_ok());
    assert!(Sections::new((0..=MAX_EVENT_ROWS / MAX_ROWS).map(section).collect()).is_err());
}

#[test]
fn a_request_may_be_exactly_as_long_as_the_limit() {
    let mut update = EventUpdate::default();
    let mut length = frame_of(&update).len();
    for number in 0.. {
        let label = SeatLabel::from(LetteredSeat::new(0, number).of(WIDE));
        let bytes = 1 + label.to_string().len();
        if length + bytes + 2 > MAX_REQUEST_FRAME_BYTES {
            break;
        }
        // From 251 entries on, a list's length takes three bytes; the 2 above are for that.
        length += bytes;
        update.block.push(label);
    }
    let missing = MAX_REQUEST_FRAME_BYTES + 4 - frame_of(&update).len();
    update.name = Some(EventName::parse(&"x".repeat(missing - 1)).expect("at most 200 bytes"));
    let mut frame = frame_of(&update);
    assert_eq!(frame.len(), MAX_REQUEST_FRAME_BYTES + 4);
    let read = ServerCodec.decode(&mut frame).expect("it is within the limit").expect("whole");
    assert_eq!(read.request, Ok(request(&update)));
}

/// The longest name of a section.
const WIDE: &str = "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";

fn request(update: &EventUpdate) -> Request {
    let event = EventId::parse("dune-2").expect("a slug");
    Request::UpdateEvent { event, if_version: None, update: Box::new(update.clone()) }
}

fn frame_of(update: &EventUpdate) -> BytesMut {
    let mut frame = BytesMut::new();
    ClientCodec.encode((1, &request(update)), &mut frame).expect("a request");
    frame
}
