//! What the input makes of good, odd and hostile files.

use super::error::InputError;
use super::fingerprint::RowFingerprint;
use super::reader::{Input, InputFormat, InputRow};
use super::row::MAX_ROW_BYTES;
use std::io::Cursor;

fn open(format: InputFormat, text: impl AsRef<[u8]>) -> Result<Input, InputError> {
    Input::new(format, Box::new(Cursor::new(text.as_ref().to_vec())))
}

fn rows(format: InputFormat, text: impl AsRef<[u8]>) -> Vec<InputRow> {
    let mut input = open(format, text).expect("a good header");
    std::iter::from_fn(|| input.next().expect("memory can be read")).collect()
}

/// Each row as `number@line customer`, or `number@line! why`.
fn check(format: InputFormat, text: impl AsRef<[u8]>, expected: &[&str]) {
    let shown: Vec<_> = rows(format, text)
        .iter()
        .map(|InputRow { number, line, request, .. }| match request {
            Ok(request) => format!("{number}@{line} {}", request.customer),
            Err(bad) => format!("{number}@{line}! {bad}"),
        })
        .collect();
    assert_eq!(shown, expected);
}

fn check_refused(text: impl AsRef<[u8]>, expected: &str) {
    let error =
        open(InputFormat::Csv, text).map(|_| ()).expect_err("the header was taken").to_string();
    assert!(error.contains(expected), "{error:?} does not say {expected:?}");
}

#[test]
fn lines_are_the_files_lines() {
    check(
        InputFormat::Csv,
        "\u{FEFF}\r\nevent,customer,seats\r\n\r\ne,ann,\"A1\r\nA2\"\r\n\n\ne,bob,B1\ne,cleo,C1",
        &["1@4 ann", "2@8 bob", "3@9 cleo"],
    );
    check(
        InputFormat::Json,
        "\u{FEFF}{\"event\":\"e\",\"customer\":\"ann\",\"seats\":[\"A1\",\"A2-A3\"]}\r\n\n\
         {\"event\":\"e\",\"customer\":\"bob\",\"best\":2,\"together\":true,\"section\":null}",
        &["1@1 ann", "2@3 bob"],
    );
}

#[test]
fn bad_rows_do_not_stop_the_rest() {
    check(
        InputFormat::Csv,
        b"event,customer,seats\ne,ann\ne,b\xFF,A1\ne,cleo,A1,x\ne,,A1\ne,dora,\nE!,eve,A1\ne,fay,A1",
        &[
            "1@2! the row has 2 fields, and the header 3",
            "2@3! customer: must be text in UTF-8",
            "3@4! the row has 4 fields, and the header 3",
            "4@5! customer: must not be empty",
            "5@6! one of seats, best and standing must say which places",
            "6@7! event: must be lower-case letters, digits and hyphens, like dune-2, and begin with a letter or digit",
            "7@8 fay",
        ],
    );
    check(
        InputFormat::Json,
        b"[]\n{\"event\":1}\n{\"evnt\":1}\n{\"event\":\"e\",\"event\":\"e\"}\n{\"seats\":[1]}\n{\n{\"event\":\"\xFF\"}",
        &[
            "1@1! invalid type: sequence, expected an object with the keys event, customer, seats, best, together, standing, section, action, id",
            "2@2! customer: must not be empty",
            "3@3! unknown key \"evnt\"; the keys are event, customer, seats, best, together, standing, section, action, id (at byte 7 of the line)",
            "4@4! the key \"event\" is there twice (at byte 20 of the line)",
            "5@5! seats: must be a text, or a list of texts like [\"A1\"]",
            "6@6! EOF while parsing an object (at byte 1 of the line)",
            "7@7! invalid unicode code point (at byte 11 of the line)",
        ],
    );
}

#[test]
fn a_row_of_any_length_takes_bounded_memory_and_only_its_own_place() {
    let long = "x".repeat(3 * MAX_ROW_BYTES);
    check(
        InputFormat::Csv,
        format!("event,customer,seats\ne,{long},A1\ne,\"{long}\n\",A1\ne,bob,B1\n"),
        &[
            "1@2! the row is longer than 65536 bytes and ends in line 3; is a quote left open?",
            "2@3! the row is longer than 65536 bytes and ends in line 5; is a quote left open?",
            "3@5 bob",
        ],
    );
    check(
        InputFormat::Csv,
        format!("event,customer,seats\n{}\ne,bob,B1\n", ",".repeat(3 * MAX_ROW_BYTES)),
        &["1@2! the row has 10 or more fields, and the header 3", "2@3 bob"],
    );
    let bob = r#"{"event":"e","customer":"bob","best":"1"}"#;
    check(
        InputFormat::Json,
        format!("\"{long}\"\n{bob}\n{}\n{bob}", "[".repeat(500)),
        &["1@1! the line is longer than 65536 bytes", "2@2 bob", "3@3! recursion", "4@4 bob"]
            .map(|row| if row.ends_with("recursion") { RECURSION } else { row }),
    );
}

const RECURSION: &str = "3@3! invalid type: sequence, expected an object with the keys event, customer, seats, best, together, standing, section, action, id";

#[test]
fn headers_that_mean_nothing_are_refused() {
    check_refused("", "is empty");
    check_refused("\n\r\n", "is empty");
    check_refused("event;customer;seats\n", "unknown column \"event;customer;seats\"");
    check_refused("event,customer,places\n", "the columns are event, customer, seats, best");
    check_refused("event,customer,seats,event\n", "the column event is there twice");
    check_refused("customer,seats\n", "no column event");
    check_refused("event,customer\n", "no column seats, best or standing");
    check_refused(b"event,customer,\xFF\n", "UTF-8");
    check_refused("e,ann,A1\n", "unknown column \"e\"");
    check_refused("x".repeat(3 * MAX_ROW_BYTES), "longer than");
    check_refused(",".repeat(100), "unknown column \"\"");
    check_refused(
        "event,customer,seats,best,together,standing,section,action,id,event,event",
        "too many columns",
    );
}

#[test]
fn a_hash_tells_edits_but_not_line_ends() {
    let hash = |text: &str| rows(InputFormat::Csv, text)[0].hash;
    let first = hash("event,customer,seats\ne,ann,A1\n");
    assert_eq!(first, hash("event,customer,seats\ne,ann,A1"));
    assert_eq!(first, hash("event,customer,seats\r\n\r\ne,ann,A1\r\n"));
    assert_ne!(first, hash("event,customer,seats\ne,ann,A2\n"));
    assert_ne!(hash("event,customer,best\ne,a,1"), hash("event,customer,standing\ne,a,1"));
    assert_eq!(RowFingerprint::parse(&first.to_text()), Some(first));
    assert_eq!(RowFingerprint::parse("+0000000000000000000000000000000"), None);
}
