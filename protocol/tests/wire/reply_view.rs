//! The borrowed view sees what the decoder sees.

use super::samples;
use boxoffice_protocol::frame::put_reply;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::reply_view::{BodyView, PlacesView, ReplyView, ReservationView};
use boxoffice_protocol::reservation::Places;
use bytes::BytesMut;

/// Every kind of reply, and every refusal in one.
fn replies() -> Vec<Reply> {
    let refused = samples::refusals().into_iter().enumerate().map(|(version, refusal)| Reply {
        version: 240 + version as u64,
        age_ms: 0,
        body: Body::Refused(refusal.value),
    });
    samples::replies().into_iter().map(|sample| sample.value).chain(refused).collect()
}

fn frame(correlation: u32, reply: &Reply) -> BytesMut {
    let mut bytes = BytesMut::new();
    put_reply(&mut bytes, correlation, reply);
    bytes
}

#[test]
fn it_sees_what_the_decoder_sees() {
    let mut reservations = 0;
    for (correlation, reply) in (250..).zip(replies()) {
        let bytes = frame(correlation, &reply);
        let view = ReplyView::first(&bytes).expect("a reply").expect("a whole one");
        assert_eq!(
            (view.correlation, view.version, view.age_ms, view.frame_bytes),
            (correlation, reply.version, reply.age_ms, bytes.len()),
            "{reply:?}"
        );
        match (view.body().expect("a body"), &reply.body) {
            (BodyView::Refused(view), Body::Refused(refusal)) => assert_eq!(view, *refusal),
            (BodyView::Event(counts), Body::Event(event)) => {
                assert_eq!(counts, event.counts.iter().copied().sum());
            }
            (BodyView::Seats(counts), Body::Seats(map)) => {
                assert_eq!(counts, map.sections.iter().map(|section| section.counts).sum());
            }
            (BodyView::Reservation(view), Body::Reservation { reservation, effect }) => {
                reservations += 1;
                assert_eq!((view.status, view.effect), (reservation.status, *effect));
                assert_eq!(view.expires_at, reservation.expires_at);
                assert_places(view.places, &reservation.places);
            }
            (
                BodyView::Other(_),
                Body::Refused(_) | Body::Reservation { .. } | Body::Event(_) | Body::Seats(_),
            ) => panic!("not recognised: {reply:?}"),
            (BodyView::Other(_), _) => {}
            (view, body) => panic!("{view:?} is not {body:?}"),
        }
    }
    assert!(reservations > 1, "seats and standing places are among the samples");
}

fn assert_places(view: PlacesView<'_>, places: &Places) {
    match (view, places) {
        (PlacesView::Seats(labels), Places::Seats(seats)) => {
            assert_eq!(labels, *seats);
        }
        (
            PlacesView::Standing { section, places },
            Places::Standing { section: name, places: all },
        ) => {
            assert_eq!((section, places), (name.as_str().as_bytes(), *all));
        }
        (view, places) => panic!("{view:?} is not {places:?}"),
    }
}

#[test]
fn several_in_a_buffer_are_read_one_after_the_other() {
    let replies = replies();
    let frames = (0..).zip(&replies).map(|(correlation, reply)| frame(correlation, reply));
    let bytes: Vec<u8> = frames.flatten().collect();
    let mut rest = bytes.as_slice();
    for correlation in 0..replies.len() {
        let view = ReplyView::first(rest).expect("a reply").expect("a whole one");
        assert_eq!(view.correlation as usize, correlation);
        rest = &rest[view.frame_bytes..];
    }
    assert!(ReplyView::first(rest).is_ok_and(|view| view.is_none()), "nothing is left");
}

#[test]
fn what_is_cut_or_damaged_is_an_error_and_never_a_panic() {
    for reply in replies() {
        let whole = frame(7, &reply);
        for end in 0..whole.len() {
            assert_eq!(ReplyView::first(&whole[..end]).expect("not yet an error"), None);
            // The same cut, in a frame that says that it is whole.
            let mut cut = whole.clone();
            cut.truncate(end);
            if let Some(message) = end.checked_sub(4).filter(|&length| length > 4) {
                cut[..4].copy_from_slice(&u32::try_from(message).expect("short").to_le_bytes());
                look(&cut);
            }
            for damage in [0, 250, 253, 254, 255] {
                let mut damaged = whole.clone();
                damaged[end] = damage;
                look(&damaged);
            }
        }
    }
}

/// Looks at all there is, whatever it may be.
fn look(bytes: &[u8]) {
    let Ok(Some(view)) = ReplyView::first(bytes) else { return };
    if let Ok(BodyView::Reservation(ReservationView {
        places: PlacesView::Seats(labels), ..
    })) = view.body()
    {
        assert!(labels.len() <= bytes.len());
    }
}
