//! Commands that create, show and change events.

use super::{event_file, planned_event};
use crate::args::{CreateArgs, EventCommand, OutputFormat, UpdateArgs};
use crate::console::Console;
use crate::failure::Failure;
use crate::values::{
    BlockArg, SalesTimeArg, SeatList, SectionArg, SectionPrice, money, one_list, parted, prices_of,
};
use boxoffice_client::protocol::event::{
    Currency, EventDetails, EventSpec, EventUpdate, Layout, LayoutUpdate, Link, Presentation,
    Sales, SalesState, SalesTime, SectionSpec, SectionUpdate, Sections, Tickets, ZoneName,
    ZonedTime,
};
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::json::{EventRecord, SavedRecord};
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::request::Force;
use boxoffice_client::{Client, Saved};
use boxoffice_load::escape::escape;
use boxoffice_load::table::{Table, left, right, text};

/// Runs an `event` command.
pub(crate) async fn run(
    client: &Client,
    command: EventCommand,
    console: &Console,
) -> Result<(), Failure> {
    match command {
        EventCommand::Create(args) => create(client, *args, console).await,
        EventCommand::Show { event } => show(client, &event, console).await,
        EventCommand::Export { event } => {
            let seen = client.event(&event).await?;
            Ok(console.data(event_file::write(&seen.value.spec).trim_end())?)
        }
        EventCommand::Update(args) => update(client, *args, console).await,
        EventCommand::Close { event } => set_sales(client, &event, Sales::Closed, console).await,
        EventCommand::Open { event } => set_sales(client, &event, Sales::Open, console).await,
        EventCommand::Cancel { event } => {
            set_sales(client, &event, Sales::Cancelled, console).await
        }
        EventCommand::Postpone { event, starts, zone } => {
            let spec = if zone.is_none() { Some(spec_of(client, &event).await?) } else { None };
            let update = EventUpdate {
                starts_at: Some(new_time("--starts", &starts, zone.as_ref(), spec.as_ref())?),
                sales: Some(Sales::Closed),
                ..EventUpdate::default()
            };
            let saved = client.update_event(&event, None, update).await?;
            print_saved(&event, saved, "postponed, sales closed", console)
        }
        EventCommand::Delete { event, force } => {
            let force = if force { Force::Yes } else { Force::No };
            let saved = client.delete_event(&event, force).await?;
            print_saved(&event, saved, "deleted", console)
        }
    }
}

async fn create(client: &Client, args: CreateArgs, console: &Console) -> Result<(), Failure> {
    let event = args.event.clone();
    let spec = match args.from.as_deref() {
        Some(path) => event_file::read(path)?,
        None => typed_spec(client, args).await?,
    };
    let saved = client.create_event(&event, spec).await?;
    print_saved(&event, saved, "created", console)
}

async fn typed_spec(client: &Client, args: CreateArgs) -> Result<EventSpec, Failure> {
    let currency = args.currency;
    let missing = |what: &str| Failure::Usage(format!("--{what} is missing"));
    let starts = args.starts.ok_or_else(|| missing("starts"))?;
    let name = args.name.ok_or_else(|| missing("name"))?;
    let starts_at = boxoffice_zones::read("--starts", &starts, args.zone.as_ref())?;
    let sales_time = |field, text: Option<String>| {
        text.map(|text| boxoffice_zones::read_at(field, &text, starts_at.zone())).transpose()
    };
    let (section_prices, prices) = parted(args.price, currency).map_err(Failure::Usage)?;
    let types = args.types.map(|types| types.0).unwrap_or_default();
    let tickets = Tickets::new(types, prices)?;
    let (plan, sections) = match args.plan {
        Some(file) => {
            let planned = planned_event::sections(client, &file, &section_prices, currency).await?;
            (Some(planned.0), planned.1)
        }
        None => {
            if let Some(SectionPrice { name, .. }) = section_prices.first() {
                let why = format!("the price of {name} stands in --section {name}=SIZE@PRICE");
                return Err(Failure::Usage(why));
            }
            let sections = args.section.into_iter().map(|section| new_section(section, currency));
            (None, Sections::new(sections.collect::<Result<_, _>>()?)?)
        }
    };
    Ok(EventSpec {
        name,
        currency,
        max_per_customer: args.max_per_customer,
        plan,
        sections,
        sales_from: sales_time("--sales-from", args.sales_from)?,
        sales_until: sales_time("--sales-until", args.sales_until)?,
        publication: args.publication,
        starts_at,
        tickets,
        presentation: Presentation {
            venue: args.venue,
            description: args.description,
            link: args.link,
        },
    })
}

fn new_section(section: SectionArg, currency: Currency) -> Result<SectionSpec, Failure> {
    let SectionArg { name, layout, price } = section;
    let price = price.ok_or_else(|| {
        Failure::Usage(format!("the section {name} needs a price, like --section {name}=500@30.00"))
    })?;
    let price = price.minor(currency).map_err(Failure::Usage)?;
    Ok(SectionSpec { name, price, layout })
}

async fn show(client: &Client, event: &EventId, console: &Console) -> Result<(), Failure> {
    let seen = client.event(event).await?;
    if console.is_json() {
        console.json(&EventRecord::new(&seen.value, seen.version))?;
        return Ok(());
    }
    if console.format == OutputFormat::Table {
        let starts = console.venue_time(&seen.value.spec.starts_at);
        let sales = sales_in_words(&seen.value, console);
        console.data(&escape(&headline(&seen.value, &starts, &sales, seen.version)))?;
        let Presentation { description, link, .. } = &seen.value.spec.presentation;
        let lines = description.iter().flat_map(|text| text.as_str().lines());
        for line in lines.chain(link.iter().map(Link::as_str)) {
            console.data(&escape(line))?;
        }
    }
    Ok(console.table(&sections(&seen.value))?)
}

/// The sections, with a price for each type of tickets.
fn sections(event: &EventDetails) -> Table {
    let spec = &event.spec;
    let types = spec.tickets.types();
    let prices = match types {
        [] => vec![right("price").spare(1)],
        types => types.iter().map(|name| right(name.to_string()).spare(1)).collect(),
    };
    let counts =
        [right("free"), right("held").spare(3), right("sold").spare(2), right("blocked").spare(4)];
    let columns = [text("section"), text("layout")].into_iter().chain(prices).chain(counts);
    let mut table = Table::new(columns);
    for (section, counts) in spec.sections.as_slice().iter().zip(&event.counts) {
        let mut row = vec![section.name.to_string(), layout(&section.layout)];
        match types {
            [] => row.push(money(section.price, spec.currency)),
            _ => row.extend(prices_of(section, &spec.tickets).into_iter().map(|price| {
                price.map_or_else(|| "-".to_owned(), |price| money(price, spec.currency))
            })),
        }
        let counts = [counts.free, counts.held, counts.sold, counts.blocked];
        row.extend(counts.map(|count| count.to_string()));
        table.row(row);
    }
    table
}

fn headline(event: &EventDetails, starts: &str, sales: &str, version: u64) -> String {
    let EventDetails { id, spec, .. } = event;
    let limit = match spec.max_per_customer {
        Some(places) => format!(", at most {places} places a customer"),
        None => String::new(),
    };
    let plan = spec.plan.map_or_else(String::new, |plan| format!(", plan {plan}"));
    let name = &spec.name;
    let venue = spec.presentation.venue.as_ref();
    let venue = venue.map_or_else(String::new, |venue| format!(", {venue}"));
    format!("{name} ({id}), {starts}{venue}, {sales}{limit}, version {version}{plan}")
}

/// How an event's sales are, for its title.
pub(crate) fn sales_in_words(event: &EventDetails, console: &Console) -> String {
    let EventDetails { spec, sales, .. } = event;
    match (sales, &spec.sales_from, &spec.sales_until) {
        (SalesState::Scheduled, Some(from), _) => {
            format!("sales open {}", console.venue_time(from))
        }
        (SalesState::Open, _, Some(until)) => {
            format!("sales open until {}", console.venue_time(until))
        }
        (SalesState::Cancelled | SalesState::Draft, ..) => sales.to_string(),
        (sales, ..) => format!("sales {sales}"),
    }
}

fn layout(layout: &Layout) -> String {
    match layout {
        Layout::Standing { capacity, .. } => format!("standing, {capacity}"),
        Layout::Seated { rows } => match rows.as_slice() {
            [first, rest @ ..] if rest.iter().all(|seats| seats == first) => {
                format!("{} rows x {first} seats", rows.len())
            }
            rows => {
                let seats: u32 = rows.iter().map(|&seats| u32::from(seats)).sum();
                format!("{} rows, {seats} seats", rows.len())
            }
        },
    }
}

async fn update(client: &Client, args: UpdateArgs, console: &Console) -> Result<(), Failure> {
    let event = args.event.clone();
    let priced = !args.price.is_empty() || args.section.iter().any(|it| it.price.is_some());
    let moved = [&args.sales_from, &args.sales_until];
    let moves = moved.into_iter().flatten().any(|time| time.typed().is_some());
    let needs_spec = priced || (args.starts.is_some() || moves) && args.zone.is_none();
    let spec = if needs_spec { Some(spec_of(client, &event).await?) } else { None };
    // The currency of a price is that of the event.
    let currency = spec.as_ref().map_or(Currency::EUR, |spec| spec.currency);
    let new_start =
        |starts: String| new_time("--starts", &starts, args.zone.as_ref(), spec.as_ref());
    let starts_at = args.starts.map(new_start);
    let sales_time = |field, time: Option<SalesTimeArg>| {
        time.map(|time| new_sales_time(field, &time, args.zone.as_ref(), spec.as_ref())).transpose()
    };
    let (section_prices, prices) = parted(args.price, currency).map_err(Failure::Usage)?;
    let mut sections = section_updates(args.section, section_prices, currency)?;
    let block = blocks(args.block, &mut sections)?;
    let update = EventUpdate {
        name: args.name,
        starts_at: starts_at.transpose()?,
        sales_from: sales_time("--sales-from", args.sales_from)?,
        sales_until: sales_time("--sales-until", args.sales_until)?,
        publication: args.publication,
        sales: None,
        max_per_customer: args.max_per_customer.map(|limit| limit.0),
        sections,
        block: one_list(block),
        unblock: one_list(args.unblock),
        prices,
        venue: args.venue.map(|edit| edit.0),
        description: args.description.map(|edit| edit.0),
        link: args.link.map(|edit| edit.0),
    };
    let saved = client.update_event(&event, args.if_version, update).await;
    let saved = saved.map_err(Failure::Update)?;
    print_saved(&event, saved, "updated", console)
}

async fn spec_of(client: &Client, event: &EventId) -> Result<EventSpec, Failure> {
    Ok(client.event(event).await?.value.spec)
}

/// Another beginning or end of sales.
fn new_sales_time(
    field: &'static str,
    time: &SalesTimeArg,
    zone: Option<&ZoneName>,
    spec: Option<&EventSpec>,
) -> Result<SalesTime, Failure> {
    match time.typed() {
        Some(typed) => Ok(SalesTime::At(new_time(field, typed, zone, spec)?)),
        None => Ok(SalesTime::Default),
    }
}

/// Another time of an event. A time without a zone is in that of the event, whose spec has to
/// be given then.
fn new_time(
    field: &'static str,
    typed: &str,
    zone: Option<&ZoneName>,
    spec: Option<&EventSpec>,
) -> Result<ZonedTime, Failure> {
    Ok(match (zone, spec) {
        (None, Some(spec)) => boxoffice_zones::read_at(field, typed, spec.starts_at.zone())?,
        (zone, _) => boxoffice_zones::read(field, typed, zone)?,
    })
}

/// One update for each section, although its size and its price are separate arguments.
fn section_updates(
    sections: Vec<SectionArg>,
    prices: Vec<SectionPrice>,
    currency: Currency,
) -> Result<Vec<SectionUpdate>, Failure> {
    let mut updates = Vec::new();
    for SectionArg { name, layout, price } in sections {
        let price = price.map(|price| price.minor(currency)).transpose();
        let price = price.map_err(Failure::Usage)?;
        updates.push(SectionUpdate { name, price, layout: Some(layout.into()) });
    }
    for SectionPrice { name, price } in prices {
        let price = Some(price.minor(currency).map_err(Failure::Usage)?);
        match updates.iter_mut().find(|update| update.name == name) {
            Some(update) if update.price.is_none() => update.price = price,
            Some(_) => return Err(Failure::Usage(format!("the price of {name} is there twice"))),
            None => updates.push(SectionUpdate { name, price, layout: None }),
        }
    }
    Ok(updates)
}

/// The seats to block. How many places of standing sections are blocked is added to their updates.
fn blocks(args: Vec<BlockArg>, updates: &mut Vec<SectionUpdate>) -> Result<Vec<SeatList>, Failure> {
    let mut seats = Vec::new();
    for arg in args {
        let (name, places) = match arg {
            BlockArg::Standing { name, places } => (name, places),
            BlockArg::Seats(list) => {
                seats.push(list);
                continue;
            }
        };
        let index = updates.iter().position(|update| update.name == name);
        let index = index.unwrap_or_else(|| {
            updates.push(SectionUpdate { name: name.clone(), price: None, layout: None });
            updates.len() - 1
        });
        let nothing = LayoutUpdate::Standing { capacity: None, blocked: None };
        match updates[index].layout.get_or_insert(nothing) {
            LayoutUpdate::Standing { blocked: blocked @ None, .. } => *blocked = Some(places),
            LayoutUpdate::Standing { .. } => {
                return Err(Failure::Usage(format!("{name} is there twice in --block")));
            }
            LayoutUpdate::Seated { .. } => {
                return Err(Failure::Usage(format!("{name} has seats: block these by name")));
            }
        }
    }
    Ok(seats)
}

async fn set_sales(
    client: &Client,
    event: &EventId,
    sales: Sales,
    console: &Console,
) -> Result<(), Failure> {
    let update = EventUpdate { sales: Some(sales), ..EventUpdate::default() };
    let saved = client.update_event(event, None, update).await?;
    let done = match sales {
        Sales::Open => "sales opened",
        Sales::Closed => "sales closed",
        Sales::Cancelled => "cancelled",
    };
    print_saved(event, saved, done, console)
}

fn print_saved(
    event: &EventId,
    saved: Saved,
    done: &str,
    console: &Console,
) -> Result<(), Failure> {
    if console.is_json() {
        console.json(&SavedRecord::new(event, saved.effect, saved.version))?;
        return Ok(());
    }
    if console.format == OutputFormat::Csv {
        let mut table = Table::new(["event", "done", "changed", "version"].map(left));
        let changed = (saved.effect == Effect::Applied).to_string();
        table.row([event.to_string(), done.to_owned(), changed, saved.version.to_string()]);
        return Ok(console.table(&table)?);
    }
    let again = if saved.effect == Effect::Unchanged { ", as it was already" } else { "" };
    console.data(&format!("{event}: {done}{again} (version {})", saved.version))?;
    Ok(())
}
