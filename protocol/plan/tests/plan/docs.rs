//! The examples of `docs/plans.md`, and the sample plans.

use super::validate::validate;
use boxoffice_plan::limits::MAX_ROW_SEATS;
use boxoffice_plan::{
    IndexedPlan, LabelList, PlanFormat, PlanSummary, SeatReader, SourcePlan, pretix, read_plan, svg,
};
use serde_json::Value;

const DOCS: &str = include_str!("../../../../docs/plans.md");

/// The TOML files of the docs.
fn plans() -> Vec<SourcePlan> {
    let blocks = DOCS.split("```toml\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
    blocks
        .map(|text| {
            read_plan(text, PlanFormat::Toml).unwrap_or_else(|error| panic!("{text}\n{error}"))
        })
        .collect()
}

/// The rows of the table with this heading: what is written in code, and what it means.
fn table(heading: &str) -> Vec<(String, String)> {
    let (_, rows) = DOCS.split_once(heading).expect("the heading of a table");
    let rows = rows.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|line| {
        let line = line.replace("\\|", "\u{1}");
        let cells: Vec<_> = line.split('|').map(|it| it.trim().replace('\u{1}', "|")).collect();
        (cells[1].trim_matches('`').to_owned(), cells[2].clone())
    })
    .collect()
}

#[test]
fn the_notation_means_what_the_docs_say() {
    let rows = table("| written | labels |\n");
    assert!(rows.len() > 5, "where is the table?");
    for (text, expected) in rows {
        let list = LabelList::parse(&text, MAX_ROW_SEATS).expect(&text);
        let mut labels: Vec<_> = list.labels.iter().map(ToString::to_string).collect();
        list.breaks.iter().for_each(|&at| labels[usize::from(at)].insert_str(0, "| "));
        assert_eq!(labels.join(" "), expected, "{text}");
    }
}

#[test]
fn texts_are_read_as_the_docs_say() {
    let plan = &plans()[0].plan;
    let rows = table("| written | read as |\n");
    assert!(rows.len() > 5, "where is the table?");
    for (text, expected) in rows {
        let seats = SeatReader::new(&IndexedPlan::new(plan))
            .seats(&text)
            .unwrap_or_else(|it| panic!("{text}: {it}"));
        let labels = seats.iter().map(|&seat| plan.label(seat).expect("its own").to_string());
        assert_eq!(labels.collect::<Vec<_>>().join(" "), expected, "{text}");
    }
}

#[test]
fn sample_plans_hold_and_go_through_every_format() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../docs/plan.schema.json")).expect("JSON");
    let samples = [
        ("theatre", include_str!("../../../../client/examples/plans/theatre.toml"), 300..900),
        ("cinema", include_str!("../../../../client/examples/plans/cinema.toml"), 200..300),
        ("club", include_str!("../../../../client/examples/plans/club.toml"), 400..600),
        ("arena", include_str!("../../../../client/examples/plans/arena.toml"), 18_000..18_001),
        ("stadium", include_str!("../../../../client/examples/plans/stadium.toml"), 60_000..61_000),
    ];
    let documented = plans().into_iter().map(|source| ("docs", source, 0..1_000));
    let samples = samples.into_iter().map(|(name, text, places)| {
        let source = read_plan(text, PlanFormat::Toml);
        (name, source.unwrap_or_else(|error| panic!("{name}: {error}")), places)
    });
    for (name, source, places) in samples.chain(documented) {
        let summary = PlanSummary::of(&source.plan);
        let count = summary.seats + summary.standing;
        assert!(places.contains(&count), "{name} has {count} places");
        let json: Value = serde_json::from_slice(&source.file.canonical()).expect("JSON");
        assert_eq!(validate(&schema, &schema, &json), Ok(()), "{name}");
        assert_eq!(read_plan(&source.file.to_toml(), PlanFormat::Toml).as_ref(), Ok(&source));
        let drawing = svg::draw(&source);
        assert!(drawing.starts_with("<svg") && drawing.ends_with("</svg>\n"), "{name}");
        assert!(!drawing.contains("NaN") && !drawing.contains("inf"), "{name}");
        let exported = pretix::export(&source).json;
        let imported = pretix::import(&exported.to_string()).expect(name).source;
        assert_eq!(PlanSummary::of(&imported.plan).seats, summary.seats, "{name}");
        let labels = |source: &SourcePlan| {
            let plan = &source.plan;
            let seats = plan.seats().map(|seat| plan.row(seat).expect("its own").label.clone());
            seats.collect::<Vec<_>>()
        };
        assert_eq!(labels(&imported), labels(&source), "{name}");
    }
}
