//! The arguments of `event`.

use crate::help;
use crate::values::{
    BlockArg, EditArg, LimitArg, PriceArg, SalesTimeArg, SeatList, SectionArg, TypeNames,
};
use boxoffice_client::protocol::event::{
    Currency, Description, Link, Publication, VenueName, ZoneName,
};
use boxoffice_client::protocol::id::{EventId, EventName};
use clap::{ArgGroup, Args, Subcommand};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// Commands about one event.
#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// Create an event, open for sale
    #[command(after_help = help::CREATE)]
    Create(Box<CreateArgs>),
    /// Show an event, its sections and prices
    #[command(after_help = help::EVENT_SHOW)]
    Show {
        /// The id of the event
        event: EventId,
    },
    /// Print an event as a file that `event create --from` reads
    #[command(after_help = help::EVENT_EXPORT)]
    Export {
        /// The id of the event
        event: EventId,
    },
    /// Change an event's name, time, prices or sections; block or unblock seats
    #[command(after_help = help::UPDATE)]
    Update(Box<UpdateArgs>),
    /// Stop sales; holds can still be confirmed
    #[command(after_help = help::CLOSE)]
    Close {
        /// The id of the event
        event: EventId,
    },
    /// Open sales of an event again
    #[command(after_help = help::OPEN)]
    Open {
        /// The id of the event
        event: EventId,
    },
    /// Move an event to another time, with sales closed until they are opened again
    #[command(after_help = help::POSTPONE)]
    Postpone {
        /// The id of the event
        event: EventId,
        /// The new time: '2027-05-01 20:00', or 2026-12-24T20:00:00+01:00
        #[arg(long, value_name = "TIME")]
        starts: String,
        /// The time zone of that time, if it is another
        #[arg(long)]
        zone: Option<ZoneName>,
    },
    /// Cancel an event: nothing more is sold or confirmed; its reservations stay, for refunds
    #[command(after_help = help::CANCEL_EVENT)]
    Cancel {
        /// The id of the event
        event: EventId,
    },
    /// Delete an event with everything in it
    #[command(after_help = help::DELETE)]
    Delete {
        /// The id of the event
        event: EventId,
        /// Also if it has live reservations, which end with it
        #[arg(long)]
        force: bool,
    },
}

/// The arguments of `event create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Its id: lower-case letters, digits and hyphens
    pub(crate) event: EventId,
    /// Read all of it from a TOML file, as shown below
    #[arg(long, value_name = "FILE.toml",
        conflicts_with_all =
            ["name", "starts", "zone", "sales_from", "sales_until", "section", "plan", "price",
             "types", "currency", "publication", "max_per_customer", "venue", "description", "link"])]
    pub(crate) from: Option<PathBuf>,
    /// The name of the event
    #[arg(long, required_unless_present = "from")]
    pub(crate) name: Option<EventName>,
    /// When it begins: '2027-05-01 20:00' in a zone, or 2026-12-24T20:00:00+01:00
    #[arg(long, required_unless_present = "from", value_name = "TIME")]
    pub(crate) starts: Option<String>,
    /// The time zone of the venue: Europe/Berlin; UTC without one
    #[arg(long)]
    pub(crate) zone: Option<ZoneName>,
    /// When sales open to customers: '2027-04-01 10:00'; at once without it
    #[arg(long, value_name = "TIME")]
    pub(crate) sales_from: Option<String>,
    /// When they end; without it when the event begins
    #[arg(long, value_name = "TIME")]
    pub(crate) sales_until: Option<String>,
    /// In lists (listed), found by its id (unlisted), or seen by admins and agents only (draft)
    #[arg(long, default_value = "listed", value_name = "WORD")]
    pub(crate) publication: Publication,
    /// A section with its price: stalls=10x20@45.00 (rows x seats), floor=500@30.00 (standing)
    #[arg(long, required_unless_present_any = ["from", "plan"], value_name = "NAME=SIZE@PRICE")]
    pub(crate) section: Vec<SectionArg>,
    /// The plan of the hall, in place of sections: TOML, or JSON if its name ends so
    #[arg(long, value_name = "FILE", conflicts_with = "section", requires = "price")]
    pub(crate) plan: Option<PathBuf>,
    /// The price of each section of the plan: stalls=45.00; of a type of tickets: stalls/child=20.00,
    /// or none if it is not sold there
    #[arg(long, value_name = "SECTION[/TYPE]=PRICE")]
    pub(crate) price: Vec<PriceArg>,
    /// The types of tickets: adult,child; they cost what their section costs, unless --price says else
    #[arg(long, value_name = "TYPES")]
    pub(crate) types: Option<TypeNames>,
    /// The currency of the prices
    #[arg(long, default_value = "EUR")]
    pub(crate) currency: Currency,
    /// The most places that one customer may have
    #[arg(long, value_name = "N")]
    pub(crate) max_per_customer: Option<NonZeroU32>,
    /// Where it takes place: Staatsoper
    #[arg(long)]
    pub(crate) venue: Option<VenueName>,
    /// What it is, in lines of text
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<Description>,
    /// Where there is more about it: an address that begins with https:// or http://
    #[arg(long, value_name = "URL")]
    pub(crate) link: Option<Link>,
}

/// The arguments of `event update`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true)
    .args(["name", "starts", "sales_from", "sales_until", "publication", "price", "section",
        "block", "unblock", "max_per_customer", "venue", "description", "link"]))]
pub(crate) struct UpdateArgs {
    /// The id of the event
    pub(crate) event: EventId,
    /// Change the name of the event
    #[arg(long)]
    pub(crate) name: Option<EventName>,
    /// Change the time: '2027-05-01 20:00', or 2026-12-24T20:00:00+01:00
    #[arg(long, value_name = "TIME")]
    pub(crate) starts: Option<String>,
    /// The time zone of that time, if it is another
    #[arg(long, requires = "starts")]
    pub(crate) zone: Option<ZoneName>,
    /// When sales open to customers: '2027-04-01 10:00', or none to open them at once
    #[arg(long, value_name = "TIME|none")]
    pub(crate) sales_from: Option<SalesTimeArg>,
    /// When they end, or none for when the event begins
    #[arg(long, value_name = "TIME|none")]
    pub(crate) sales_until: Option<SalesTimeArg>,
    /// Publish a draft (listed), or take it out of lists (unlisted)
    #[arg(long, value_name = "WORD")]
    pub(crate) publication: Option<Publication>,
    /// Another price: stalls=45.00, of a type of tickets: stalls/child=20.00; reservations keep theirs
    #[arg(long, value_name = "SECTION[/TYPE]=PRICE")]
    pub(crate) price: Vec<PriceArg>,
    /// Change a size: stalls=12x20; a new section needs a price: balcony=4x10@60.00
    #[arg(long, value_name = "NAME=SIZE[@PRICE]")]
    pub(crate) section: Vec<SectionArg>,
    /// Block free seats, rows and sections: A1..A4,B1 or "row C"; of standing places so many: floor=50
    #[arg(long, value_name = "SEATS")]
    pub(crate) block: Vec<BlockArg>,
    /// Free blocked seats, rows and sections: A1..A4,B1 or "row C"
    #[arg(long, value_name = "SEATS")]
    pub(crate) unblock: Vec<SeatList>,
    /// The most places that one customer may have, or none for any number
    #[arg(long, value_name = "N|none")]
    pub(crate) max_per_customer: Option<LimitArg>,
    /// Where it takes place, or none to say nothing of that
    #[arg(long, value_name = "VENUE|none")]
    pub(crate) venue: Option<EditArg<VenueName>>,
    /// What it is, in lines of text, or none
    #[arg(long, value_name = "TEXT|none")]
    pub(crate) description: Option<EditArg<Description>>,
    /// Where there is more about it, or none
    #[arg(long, value_name = "URL|none")]
    pub(crate) link: Option<EditArg<Link>>,
    /// Only if the event is still at this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) if_version: Option<u64>,
}
