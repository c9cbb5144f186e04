//! Files with mistakes: each is refused with its place, why, and what to do.

use boxoffice_plan::{PlanFormat, read_file, read_plan};

const HALL: &str = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\n";

/// Checks the first fault of a hall whose section goes on like this.
#[track_caller]
fn check(section: &str, place: (usize, usize), path: &str, why: &str) {
    let text = format!("{HALL}{section}");
    let error = read_plan(&text, PlanFormat::Toml).expect_err(section);
    let fault = &error.faults[0];
    assert!(fault.why.contains(why), "{section}\n{error}");
    assert_eq!((fault.path.as_str(), fault.line_column), (path, Some(place)), "{section}\n{error}");
}

#[test]
fn values_are_refused_where_they_are() {
    let rows = "rows = \"A..C\"\n";
    check("", (3, 8), "section[0].name", "no places");
    check(rows, (2, 1), "section[0].seats", "row A has no seats");
    check("rows = \"A B A\"\nseats = \"1\"\n", (4, 8), "section[0].rows", "row A is there twice");
    check(
        "rows = \"A\"\nseats = \"1..3 2\"\n",
        (5, 9),
        "section[0].seats",
        "seat 2 is there twice",
    );
    let far = "rows = \"A\"\nseats = \"1 | 1..1000000000\"\n";
    check(far, (5, 14), "section[0].seats", "1000000000 labels more; there may be 4096");
    let many = "rows = \"1..4000\"\nseats = \"1..4000\"\n";
    check(many, (4, 8), "section[0].rows", "at most 1000000 seats");
    check("capacity = 0\n", (4, 12), "section[0].capacity", "a capacity is 1 to");
    check("capacity = 5\nseats = \"1\"\n", (5, 9), "section[0].seats", "not both");
    check("capacity = 5\nat = [0, nan]\n", (5, 10), "section[0].at[1]", "must be a number");
    check("capacity = 5\nat = [inf, 0]\n", (5, 7), "section[0].at[0]", "must be a number");
    check("capacity = 5\npitch = -1\n", (5, 9), "section[0].pitch", "more than 0");
    let category = format!("{rows}seats = \"1\"\ncategory = \"gold\"\n");
    check(&category, (6, 12), "section[0].category", "[[category]] with this name");
    let row = format!("{rows}seats = \"1..2\"\n[[section.row]]\nlabel = \"D\"\n");
    check(&row, (7, 9), "section[0].row[0].label", "row D is not among");
    let row =
        format!("{rows}seats = \"1..2\"\n[[section.row]]\nlabel = \"A\"\npoints = [[1, 2]]\n");
    check(&row, (8, 10), "section[0].row[0].points", "a point for each seat: 2, not 1");
    let seat = |keys: &str| format!("{rows}seats = \"1..4\"\n[[section.seat]]\n{keys}\n");
    check(&seat("seats = \"A9\""), (7, 9), "section[0].seat[0].seats", "row A has the seats 1..4");
    check(
        &seat("seats = \"A1..A2\"\nguid = \"x\""),
        (7, 9),
        "section[0].seat[0].seats",
        "one seat",
    );
    check(
        &seat("seats = \"A1\"\ncompanion = \"A2\""),
        (6, 1),
        "section[0].seat",
        "A2 must be accessible",
    );
    let shape = "capacity = 5\n[[section.shape]]\ncolor = \"url(x)\"\n";
    check(shape, (6, 9), "section[0].shape[0].color", "#88aa00");
}

#[test]
fn what_is_no_plan_is_refused_with_a_caret() {
    check("rows = \"A\nseats = \"1\"\n", (4, 10), "", "");
    check("rows = \"A\"\nsaets = \"1\"\n", (5, 1), "", "unknown field `saets`");
    check("rows = true\n", (4, 8), "", "invalid type: boolean");
    check("capacity = -1\n", (4, 12), "", "invalid value");
    let error = read_plan(&format!("{HALL}rows = \"A\"\nseats = \"1..2 7-8\"\n"), PlanFormat::Toml);
    let error = error.expect_err("a dash is in no label").to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines[2], "5 | seats = \"1..2 7-8\"");
    assert_eq!(lines[3], "  |               ^");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = "name = \"\"\n[[section]]\nname = \"a:b\"\ncapacity = 0\n\
                [[section]]\nname = \"c\"\nrows = \"1-2\"\nseats = \"1\"\n";
    let error = read_plan(text, PlanFormat::Toml).expect_err("much is wrong");
    let lines: Vec<_> = error.faults.iter().map(|it| it.line_column.expect("TOML").0).collect();
    assert_eq!(lines, [1, 3, 4, 7]);
}

#[test]
fn faults_of_json_have_a_path() {
    let check = |text: &str, path: &str, why: &str| {
        let error = read_plan(text, PlanFormat::Json).expect_err(text);
        let fault = &error.faults[0];
        assert!(fault.path == path && fault.why.contains(why), "{text}: {error}");
    };
    let section = |keys: &str| format!(r#"{{"name":"x","section":[{{"name":"a",{keys}}}]}}"#);
    check("{", "", "EOF");
    check(&section(r#""rows":"A","seats":"1..1000000000""#), "section[0].seats", "may be 4096");
    check(&section(r#""rows":1"#), "section[0].rows", "invalid type");
    check(&section(r#""at":[1e999,0],"capacity":1"#), "section[0].at[0]", "number out of range");
    check(&section(r#""capacity":1,"capacity":2"#), "section[0]", "duplicate field");
    check(r#"{"name":"x","sections":[]}"#, "sections", "unknown field");
    let deep = format!("{}{}", r#"{"name":"x","pretix":{"a":"#, "[".repeat(100_000));
    let error = read_plan(&deep, PlanFormat::Json).expect_err("deep").to_string();
    assert!(error.contains("recursion limit"), "{error}");
}

#[test]
fn bytes_may_have_a_mark_and_must_be_utf_8() {
    let good = "\u{FEFF}name = \"Hall\"\r\n[[section]]\r\nname = \"floor\"\r\ncapacity = 5\r\n";
    assert!(read_file(good.as_bytes(), PlanFormat::Toml).is_ok());
    let error = read_file(b"name = \"\n\xFF\"", PlanFormat::Toml).expect_err("no UTF-8");
    assert!(error.to_string().contains("line 2 is not UTF-8"), "{error}");
}
