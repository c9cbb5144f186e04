use super::*;
use boxoffice_client::protocol::event::{PackedStates, SectionSpec};
use boxoffice_client::protocol::id::SectionName;

/// A section whose seats' states are `f`, `h`, `s` or `b`, a word for each row.
fn seated(name: &str, price: u64, rows: &str) -> SectionMap {
    let layout = Layout::Seated {
        rows: rows.split(' ').map(|row| u16::try_from(row.len()).expect("short")).collect(),
    };
    let states: Vec<_> = rows
        .chars()
        .filter_map(|letter| match letter {
            'f' => Some(PlaceState::Free),
            'h' => Some(PlaceState::Held),
            's' => Some(PlaceState::Sold),
            'b' => Some(PlaceState::Blocked),
            _ => None,
        })
        .collect();
    SectionMap {
        section: SectionSpec { name: SectionName::parse(name).expect("a word"), price, layout },
        counts: count(states.iter().copied()),
        states: PackedStates::pack(states.into_iter()),
    }
}

fn standing(name: &str, price: u64, counts: Counts) -> SectionMap {
    let capacity = u32::try_from(counts.capacity()).expect("a few");
    let layout = Layout::standing(capacity);
    SectionMap {
        section: SectionSpec { name: SectionName::parse(name).expect("a word"), price, layout },
        counts,
        states: PackedStates::default(),
    }
}

fn check(sections: Vec<SectionMap>, width: usize, expected: &str) {
    let map = SeatMap { plan: None, sections: sections.into() };
    let drawing = Drawing {
        map: &map,
        hall: &Hall::default(),
        currency: Currency::EUR,
        rows: None,
        width,
        colors: Colors::Off,
    };
    let drawn = draw(&drawing);
    assert_eq!(drawn.trim_end(), expected.trim_matches('\n'), "drawn:\n{drawn}");
    assert!(drawn.lines().all(|line| line.chars().count() <= width.max(60)), "too wide:\n{drawn}");
}

#[test]
fn rows_of_seats_and_standing_places() {
    let stalls = seated("stalls", 4_500, "ffffffssffff ffhhffssffff fffffffffbbb");
    let counts = Counts { free: 75, held: 5, sold: 20, blocked: 0 };
    check(
        vec![stalls, standing("floor", 3_000, counts)],
        80,
        "
stalls: 45.00 EUR, 27 of 36 free
   ──────── front ────────
   1       5         10
A  ○ ○ ○ ○ ○ ○ ● ● ○ ○ ○ ○
B  ○ ○ ◐ ◐ ○ ○ ● ● ○ ○ ○ ○
C  ○ ○ ○ ○ ○ ○ ○ ○ ○ × × ×

floor: standing, 30.00 EUR, 75 of 100 free
████████▓▓░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░

○░ 102 free   ◐▓ 7 held   ●█ 24 sold   × 3 blocked
",
    );
}

#[test]
fn rows_of_other_lengths_are_centred() {
    check(
        vec![seated("stalls", 4_500, "ff sfff ssffff")],
        80,
        "
stalls: 45.00 EUR, 9 of 12 free
   ── front ──
A      ○ ○      2
B    ● ○ ○ ○    4
C  ● ● ○ ○ ○ ○  6

○░ 9 free   ◐▓ 0 held   ●█ 3 sold   × 0 blocked
",
    );
}

#[test]
fn narrow_terminals_get_narrow_seats_and_then_bars() {
    let row = "s".repeat(10) + &"f".repeat(30);
    check(
        vec![seated("stalls", 4_500, &row)],
        60,
        "
stalls: 45.00 EUR, 30 of 40 free
   ──────────────── front ─────────────────
   1        10        20        30        40
A  ●●●●●●●●●●○○○○○○○○○○○○○○○○○○○○○○○○○○○○○○

○░ 30 free   ◐▓ 0 held   ●█ 10 sold   × 0 blocked
",
    );
    check(
        vec![seated("stalls", 4_500, &row)],
        40,
        "
stalls: 45.00 EUR, 30 of 40 free
A  ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  30 of 40 free
seat by seat: --section stalls --rows A

○░ 30 free   ◐▓ 0 held   ●█ 10 sold   × 0 blocked
",
    );
}

#[test]
fn many_rows_are_folded_together() {
    let rows = vec!["hf"; 130].join(" ");
    let map = SeatMap { plan: None, sections: vec![seated("stalls", 4_500, &rows)].into() };
    let drawing = Drawing {
        map: &map,
        hall: &Hall::default(),
        currency: Currency::EUR,
        rows: None,
        width: 80,
        colors: Colors::Off,
    };
    let drawn = draw(&drawing);
    let lines: Vec<_> = drawn.lines().collect();
    assert_eq!(lines[1], "  A-C  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░░░░░░░░░░░  3 of 6 free");
    assert_eq!(lines[45], "seat by seat: --section stalls --rows A-C");
    assert_eq!(lines.len(), 1 + 44 + 1 + 2);
}

#[test]
fn runs_of_one_state_share_a_colour() {
    let map = SeatMap { plan: None, sections: vec![seated("stalls", 4_500, "ffs")].into() };
    let drawing = Drawing {
        map: &map,
        hall: &Hall::default(),
        currency: Currency::EUR,
        rows: None,
        width: 80,
        colors: Colors::On,
    };
    let row = draw(&drawing).lines().nth(3).expect("the first row").to_owned();
    assert_eq!(row, "A  \x1b[32m○ ○ \x1b[31m●\x1b[0m");
}

#[test]
fn rows_that_are_asked_for_are_drawn_seat_by_seat() {
    let wide = "f".repeat(25) + &"s".repeat(20);
    let map = SeatMap {
        plan: None,
        sections: vec![seated("arena", 4_500, &format!("ff {wide} fff"))].into(),
    };
    let rows = Some(&"b-c".parse().expect("rows"));
    let drawing = Drawing {
        map: &map,
        hall: &Hall::default(),
        currency: Currency::EUR,
        rows,
        width: 33,
        colors: Colors::Off,
    };
    let drawn = draw(&drawing);
    let lines: Vec<_> = drawn.lines().collect();
    assert_eq!(
        lines[1..5],
        [
            "B    1  ○○○○○○○○○○○○○○○○○○○○",
            "    21  ○○○○○●●●●●●●●●●●●●●●",
            "    41  ●●●●●",
            "C    1  ○○○",
        ]
    );
}

#[test]
fn rows_and_seats_of_a_plan_are_called_as_it_says() {
    let plan = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"H J\"\nseats = \"5..1/2 | 2..4/2\"\n";
    let source = boxoffice_plan::read_plan(plan, boxoffice_plan::PlanFormat::Toml).expect("a plan");
    let hall = boxoffice_plan::HallPlan::new(std::sync::Arc::new(source.plan));
    let hall = Hall::planned(std::sync::Arc::new(hall));
    let map = SeatMap { plan: None, sections: vec![seated("stalls", 4_500, "ffsff fffff")].into() };
    let drawn = |rows| {
        let (currency, width, colors) = (Currency::EUR, 40, Colors::Off);
        draw(&Drawing { map: &map, hall: &hall, currency, rows, width, colors })
    };
    let whole = drawn(None);
    assert_eq!(whole.lines().nth(2), Some("H  ○ ○ ● ○ ○  4"), "{whole}");
    let some = drawn(Some(&"j".parse().expect("a row")));
    assert_eq!(some.lines().nth(1), Some("J    5  ○ ○ ○ ○ ○"), "{some}");
}
