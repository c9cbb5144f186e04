//! An event in a TOML file:
//!
//! ```toml
//! name = "Dune: Part Two"
//! starts = "2026-12-24 20:00"
//! zone = "Europe/Berlin"      # or an offset in `starts`
//! sales_from = "2026-11-01 10:00"   # optional; sales_until, too
//! publication = "draft"             # optional
//! currency = "EUR"            # optional
//! max_per_customer = 6        # optional
//! plan = "f1d2…"              # optional: the digest of a plan that the server keeps
//! types = ["adult", "child"]  # optional: the types of tickets
//! venue = "Staatsoper"        # optional; description and link, too
//!
//! [[section]]
//! name = "stalls"
//! rows = "10x20"              # or the seats of each row: [18, 20, 22]
//! price = "45.00"
//! prices = { child = "20.00" } # optional: those of types that cost else; or "none"
//!
//! [[section]]
//! name = "floor"
//! capacity = 500              # standing
//! price = "30.00"
//! ```

use crate::failure::Failure;
use crate::values::{Amount, NOT_SOLD, layout_of_rows, money, offer, rfc3339, ticket_price};
use boxoffice_client::protocol::event::{
    Currency, Description, EventSpec, Layout, Link, Presentation, Publication, SectionSpec,
    Sections, TicketOffer, TicketPrice, Tickets, VenueName, ZoneName, ZonedTime,
};
use boxoffice_client::protocol::id::{EventName, PlanDigest, SectionName, TicketType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventFile {
    name: String,
    starts: String,
    zone: Option<ZoneName>,
    sales_from: Option<String>,
    sales_until: Option<String>,
    publication: Option<String>,
    currency: Option<String>,
    max_per_customer: Option<NonZeroU32>,
    plan: Option<PlanDigest>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    types: Vec<TicketType>,
    venue: Option<VenueName>,
    description: Option<Description>,
    link: Option<Link>,
    section: Vec<SectionTable>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionTable {
    name: String,
    rows: Option<RowsField>,
    capacity: Option<u32>,
    price: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    prices: BTreeMap<TicketType, String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "rows are like \"10x20\", or a list of each row's seats")]
enum RowsField {
    Grid(String),
    Each(Vec<u16>),
}

/// Reads an event from a file.
pub(crate) fn read(path: &Path) -> Result<EventSpec, Failure> {
    let wrong = |why: String| Failure::File(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    parse(&text).map_err(wrong)
}

/// The file that [`read`] makes this event of.
pub(crate) fn write(spec: &EventSpec) -> String {
    let sections = spec.sections.as_slice().iter().map(|section| {
        let (rows, capacity) = match &section.layout {
            Layout::Standing { capacity, .. } => (None, Some(*capacity)),
            Layout::Seated { rows } => (Some(rows_field(rows)), None),
        };
        let amount = |price| {
            let price = money(price, spec.currency);
            price.split(' ').next().unwrap_or_default().to_owned()
        };
        let prices = spec.tickets.prices().iter().filter(|of| of.category == section.name);
        let prices = prices.map(|of| match of.offer {
            TicketOffer::NotSold => (of.ticket_type.clone(), NOT_SOLD.to_owned()),
            TicketOffer::Price(price) => (of.ticket_type.clone(), amount(price)),
        });
        SectionTable {
            name: section.name.to_string(),
            rows,
            capacity,
            price: amount(section.price),
            prices: prices.collect(),
        }
    });
    let Presentation { venue, description, link } = spec.presentation.clone();
    let file = EventFile {
        name: spec.name.to_string(),
        starts: written(&spec.starts_at),
        zone: Some(spec.starts_at.zone().clone()).filter(|zone| *zone != ZoneName::UTC),
        sales_from: spec.sales_from.as_ref().map(written),
        sales_until: spec.sales_until.as_ref().map(written),
        publication: Some(spec.publication)
            .filter(|it| *it != Publication::Listed)
            .map(|it| it.to_string()),
        currency: Some(spec.currency.to_string()),
        max_per_customer: spec.max_per_customer,
        plan: spec.plan,
        types: spec.tickets.types().to_vec(),
        venue,
        description,
        link,
        section: sections.collect(),
    };
    toml::to_string(&file).expect("texts and numbers are TOML")
}

/// A time with its offset, which tells it from another one that the clocks show twice.
fn written(time: &ZonedTime) -> String {
    if *time.zone() == ZoneName::UTC {
        return rfc3339(time.at());
    }
    let (at, local) = (time.at(), time.local());
    let sign = if local < at { '-' } else { '+' };
    let minutes = at.as_ms().abs_diff(local.as_ms()) / 60_000;
    format!("{time:#}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn rows_field(rows: &[u16]) -> RowsField {
    match rows {
        [first, rest @ ..] if rest.iter().all(|seats| seats == first) => {
            RowsField::Grid(format!("{}x{first}", rows.len()))
        }
        rows => RowsField::Each(rows.to_vec()),
    }
}

fn parse(text: &str) -> Result<EventSpec, String> {
    let file: EventFile =
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let currency = match &file.currency {
        Some(currency) => Currency::parse(currency).map_err(|error| error.to_string())?,
        None => Currency::EUR,
    };
    let mut prices = Vec::new();
    for section in &file.section {
        prices.extend(ticket_prices(section, currency)?);
    }
    let tickets = Tickets::new(file.types, prices).map_err(|error| error.to_string())?;
    let sections = file.section.into_iter().map(|section| resolve(section, currency));
    let sections = sections.collect::<Result<_, _>>()?;
    let starts_at = boxoffice_zones::read("starts", &file.starts, file.zone.as_ref());
    let starts_at = starts_at.map_err(|fault| fault.to_string())?;
    let publication = file.publication.as_deref().map_or(Ok(Publication::Listed), str::parse);
    let sales_time = |field, text: &Option<String>| {
        let text = text.as_deref();
        let read = |text| boxoffice_zones::read_at(field, text, starts_at.zone());
        text.map(read).transpose().map_err(|fault| fault.to_string())
    };
    Ok(EventSpec {
        name: EventName::parse(&file.name).map_err(|error| error.to_string())?,
        sales_from: sales_time("sales_from", &file.sales_from)?,
        sales_until: sales_time("sales_until", &file.sales_until)?,
        publication: publication.map_err(|why| format!("publication {why}"))?,
        starts_at,
        currency,
        max_per_customer: file.max_per_customer,
        plan: file.plan,
        sections: Sections::new(sections).map_err(|error| error.to_string())?,
        tickets,
        presentation: Presentation {
            venue: file.venue,
            description: file.description,
            link: file.link,
        },
    })
}

fn ticket_prices(section: &SectionTable, currency: Currency) -> Result<Vec<TicketPrice>, String> {
    let priced = |(ticket_type, price): (&TicketType, &String)| {
        let place = format!("section {}, tickets {ticket_type}", section.name);
        let offer = ticket_price(price).and_then(|price| offer(price, currency));
        let offer = offer.map_err(|why| format!("{place}: {why}"))?;
        let category = SectionName::parse(&section.name).map_err(|error| error.to_string())?;
        Ok(TicketPrice { category, ticket_type: ticket_type.clone(), offer })
    };
    section.prices.iter().map(priced).collect()
}

fn resolve(section: SectionTable, currency: Currency) -> Result<SectionSpec, String> {
    let name = SectionName::parse(&section.name).map_err(|error| error.to_string())?;
    let layout = match (section.rows, section.capacity) {
        (Some(RowsField::Grid(grid)), None) => layout_of_rows(&grid),
        (Some(RowsField::Each(rows)), None) => Ok(Layout::Seated { rows }),
        (None, Some(capacity)) => Ok(Layout::standing(capacity)),
        _ => Err("needs either rows (seats) or a capacity (standing)".to_owned()),
    };
    let layout = layout.map_err(|why| format!("section {name}: {why}"))?;
    let price = section.price.parse::<Amount>().and_then(|amount| amount.minor(currency));
    let price = price.map_err(|why| format!("section {name}: {why}"))?;
    Ok(SectionSpec { name, price, layout })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = \"Dune\"\nstarts = \"2026-12-24T20:00:00Z\"\n";

    fn check(sections: &str) -> Result<Vec<SectionSpec>, String> {
        Ok(parse(&format!("{HEAD}{sections}"))?.sections.as_slice().to_vec())
    }

    #[test]
    fn sections_of_a_file() {
        let sections = check(
            "[[section]]\nname = \"stalls\"\nrows = \"2x3\"\nprice = \"45.00\"\n\
             [[section]]\nname = \"balcony\"\nrows = [4, 6]\nprice = \"60\"\n\
             [[section]]\nname = \"floor\"\ncapacity = 500\nprice = \"30.00\"\n",
        )
        .expect("a good file");
        assert_eq!(sections[0].layout, Layout::grid(2, 3));
        assert_eq!(sections[1].layout, Layout::Seated { rows: vec![4, 6] });
        assert_eq!(sections[2].layout, Layout::standing(500));
        assert_eq!(sections.iter().map(|it| it.price).collect::<Vec<_>>(), [4_500, 6_000, 3_000]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let plan = PlanDigest([7; 32]);
        for (currency, price) in [("EUR", "45.05"), ("JPY", "3000"), ("KWD", "1.234")] {
            let text = format!(
                "{HEAD}sales_from = \"2026-10-01 10:00\"\ncurrency = \"{currency}\"\n\
                 max_per_customer = 6\nplan = \"{plan}\"\n\
                 types = [\"adult\", \"child\"]\n\
                 venue = \"Staatsoper \\\"A\\\"\"\nlink = \"https://example.org/\"\n\
                 description = \"\"\"\nAn evening.\n\nDoors at '19:00'.\n\"\"\"\n\
                 [[section]]\nname = \"stalls\"\nrows = \"2x3\"\nprice = \"{price}\"\n\
                 prices = {{ child = \"1\", adult = \"none\" }}\n\
                 [[section]]\nname = \"pit\"\nrows = [4, 6]\nprice = \"{price}\"\n\
                 [[section]]\nname = \"floor\"\ncapacity = 500\nprice = \"{price}\"\n"
            );
            let spec = parse(&text).expect("a good file");
            let written = write(&spec);
            assert_eq!(parse(&written).expect(&written), spec, "{written}");
        }
    }

    #[test]
    fn a_bad_file_says_where() {
        for (sections, why) in [
            ("", "section"),
            ("[[section]]\nname = \"a\"\nprice = \"1\"\n", "section a: needs either rows"),
            ("[[section]]\nname = \"a\"\nrows = \"x\"\nprice = \"1\"\n", "section a: a size is"),
            ("[[section]]\nname = \"a\"\nrows = true\nprice = \"1\"\n", "rows are like"),
            ("[[section]]\nname = \"a\"\ncapacity = 1\nprice = \"x\"\n", "section a: \"x\""),
            ("[[section]]\nname = \"a\"\nseats = 1\nprice = \"1\"\n", "unknown field `seats`"),
        ] {
            let error = check(sections).expect_err(sections);
            assert!(error.contains(why), "{error:?} does not say {why:?}");
        }
    }
}
