//! What the input makes of good, odd and hostile files.

use super::error::InputError;
use super::fingerprint::RowFingerprint;
use super::reader::{Input, InputFormat, InputRow};
use super::row::MAX_ROW_BYTES;
use std::io::Cursor;

fn open(format: InputFormat, text: impl AsRef<[u8]>) -> Result<Input, InputError> {
    Input::new(Some(format), Box::new(Cursor::new(text.as_ref().to_vec())), None)
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
        "event,customer,seats\ne,ann\ne,b\u{202E},A1\ne,cleo,A1,x\ne,,A1\ne,dora,\nE!,eve,A1\ne,fay,A1",
        &[
            "1@2! the row has 2 fields, and the header 3",
            "2@3! customer: must not contain the invisible or control character U+202E",
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
            "1@1! invalid type: sequence, expected an object with the keys event, customer, seats, best, together, standing, section, action, id, order, line, types",
            "2@2! customer: must not be empty",
            "3@3! unknown key \"evnt\"; the keys are event, customer, seats, best, together, standing, section, action, id, order, line, types (at byte 7 of the line)",
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
        &["1@2! the row has 257 or more fields, and the header 3", "2@3 bob"],
    );
    let bob = r#"{"event":"e","customer":"bob","best":"1"}"#;
    check(
        InputFormat::Json,
        format!("\"{long}\"\n{bob}\n{}\n{bob}", "[".repeat(500)),
        &["1@1! the line is longer than 65536 bytes", "2@2 bob", "3@3! recursion", "4@4 bob"]
            .map(|row| if row.ends_with("recursion") { RECURSION } else { row }),
    );
}

const RECURSION: &str = "3@3! invalid type: sequence, expected an object with the keys event, customer, seats, best, together, standing, section, action, id, order, line, types";

#[test]
fn headers_that_mean_nothing_are_refused() {
    check_refused("", "is empty");
    check_refused("\n\r\n", "is empty");
    check_refused("sep=;\n,,\n", "is empty");
    check_refused("sep=#\nevent#customer#seats\n", "line 1: sep= names a separator that is none");
    check_refused(
        "event:customer:seats\n",
        "no column event in the header \"event:customer:seats\"",
    );
    check_refused(
        "\n\nevent,customer,places\n",
        "line 3: there is no column seats, best or standing in the header \"event, customer, places\"",
    );
    check_refused("event,customer,seats,Event\n", "the column event is there twice");
    check_refused("customer,seats\n", "no column event");
    check_refused("event,customer\n", "no column seats, best or standing");
    check_refused(b"event,customer,seats,Gr\xF6\xDFe\n", "--encoding windows-1252");
    check_refused("event,customer,seats\n".replace("", "\0"), "--encoding utf-16le");
    check_refused("e,ann,A1\n", "no column event in the header \"e, ann, A1\"");
    check_refused("x".repeat(3 * MAX_ROW_BYTES), "longer than");
    check_refused(",".repeat(100), "is empty");
    check_refused(format!("event,customer,seats{}", ",x".repeat(254)), "more than 256 columns");
}

#[test]
fn a_hash_tells_edits_but_not_line_ends() {
    let hash = |text: &str| rows(InputFormat::Csv, text)[0].identity.content;
    let first = hash("event,customer,seats\ne,ann,A1\n");
    assert_eq!(first, hash("event,customer,seats\ne,ann,A1"));
    assert_eq!(first, hash("event,customer,seats\r\n\r\ne,ann,A1\r\n"));
    assert_ne!(first, hash("event,customer,seats\ne,ann,A2\n"));
    assert_ne!(hash("event,customer,best\ne,a,1"), hash("event,customer,standing\ne,a,1"));
    assert_eq!(RowFingerprint::parse(&first.to_text()), Some(first));
    assert_eq!(RowFingerprint::parse("+0000000000000000000000000000000"), None);
}

/// Opens a file with these bytes; each row as its line and its request, then how it was read.
fn check_read(bytes: &[u8], told: Option<&str>, expected: &[&str], assumed: Option<&str>) {
    let told = told.map(|name| name.parse().expect("an encoding"));
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let mut input = Input::new(Some(InputFormat::Csv), reader, told).expect("a good header");
    let mut shown = Vec::new();
    while let Some(InputRow { line, request, .. }) = input.next().expect("readable") {
        shown.push(match request {
            Ok(request) => format!("{line} {} {}", request.customer, request.places()),
            Err(bad) => format!("{line}! {bad}"),
        });
    }
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(shown, expected, "{text}");
    assert_eq!(input.assumed().map(ToString::to_string).as_deref(), assumed, "{text}");
}

#[test]
fn spreadsheets_and_exports_are_read_as_meant() {
    let check = |text: &str, expected: &[&str], assumed: Option<&str>| {
        check_read(text.as_bytes(), None, expected, assumed);
    };
    check("EVENT, Customer ,\u{A0}Seats\nopera,Uma,C3\n", &["2 Uma C3"], None);
    check(
        "event;customer;seats\nopera;Uma;C3\nopera;Vic;C4,C5\n",
        &["2 Uma C3", "3 Vic C4 C5"],
        Some("read as UTF-8 with semicolons between the cells"),
    );
    check(
        "\u{FEFF}\"event\"\t\"customer\"\t\"seats\"\r\nopera\t\"Uma, V\"\tC3\r\n",
        &["2 Uma, V C3"],
        Some("read as UTF-8 with tabs between the cells"),
    );
    check(
        "sep=;\r\nevent;customer;seats\r\nopera;Uma;C3\r\n",
        &["3 Uma C3"],
        Some("read as UTF-8 with semicolons between the cells"),
    );
    check("SEP=,\n\n,,\nevent,customer,seats\nopera,Uma,C3", &["5 Uma C3"], None);
    check("event,customer,seats\ropera,Uma,C3\ropera,Vic,C4\r", &["2 Uma C3", "3 Vic C4"], None);
    check(
        ",event,phone,customer,Order No.,seats,,\n0,opera,555,Uma,7,C3,,\n1,opera,,Vic,,C4\n",
        &["2 Uma C3", "3 Vic C4"],
        Some(
            "read as UTF-8 with commas between the cells; \
             ignored columns: number 1 without a name, phone, Order No.",
        ),
    );
    check("event,customer,seats,\nopera,Uma,C3,\nopera,Vic,C4\n", &["2 Uma C3", "3 Vic C4"], None);
    check(
        "event,customer,seats\nopera,Uma,C3,,,\n,,\n \n\u{A0},,,,\nopera,Vic,C4,x\n",
        &["2 Uma C3", "6! the row has 4 fields, and the header 3"],
        None,
    );
    check(
        "event,customer,seats,best\nopera\u{A0},\u{A0}Uma,C3\u{A0}C4,null\nopera,Vic,C5\u{2013}C6,-\n\
         opera,Wes,,2.0\n",
        &["2 Uma C3 C4", "3 Vic C5-C6", "4 Wes best 2"],
        None,
    );
}

#[test]
fn encodings_are_read_by_their_mark_or_as_told() {
    let text = "event;customer;seats\r\nopera;Zoë;C3\r\n";
    let zoe: &[&str] = &["2 Zoë C3"];
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{FEFF}{text}").encode_utf16().flat_map(bytes).collect()
    };
    let little = utf_16(u16::to_le_bytes);
    let read_as = |name: &str| format!("read as {name} with semicolons between the cells");
    check_read(&little, None, zoe, Some(&read_as("UTF-16LE")));
    check_read(&utf_16(u16::to_be_bytes), None, zoe, Some(&read_as("UTF-16BE")));
    check_read(&little, Some("windows-1252"), zoe, Some(&read_as("UTF-16LE")));
    check_read(&little[2..], Some("utf-16le"), zoe, Some(&read_as("UTF-16LE")));
    let western: Vec<u8> = text.chars().map(|c| u8::try_from(c).expect("Latin")).collect();
    check_read(&western, Some("windows-1252"), zoe, Some(&read_as("windows-1252")));
    check_read(text.as_bytes(), Some("utf-8"), zoe, Some(&read_as("UTF-8")));

    // Half a surrogate pair is no text.
    let mut torn = little;
    let e = torn.len() - "\u{EB};C3\r\n".encode_utf16().count() * 2;
    torn[e..e + 2].copy_from_slice(&[0x00, 0xD8]);
    let bad = ["2! customer: must be text in UTF-16LE"];
    check_read(&torn, None, &bad, Some(&read_as("UTF-16LE")));
}

#[test]
fn a_file_in_an_unknown_encoding_is_refused_as_a_whole() {
    let mut input =
        open(InputFormat::Csv, b"event,customer,best\ne,ann,1\ne,J\xF6rg,1").expect("good");
    assert!(input.next().expect("text").is_some());
    let error = input.next().expect_err("it was taken").to_string();
    assert!(error.starts_with("line 3: customer: must be text in UTF-8. "), "{error}");
    assert!(error.contains("--encoding windows-1252"), "{error}");
}
