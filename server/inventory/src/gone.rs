//! A deleted event of which only the ids are known that it left.

use crate::inventory::Inventory;
use crate::restore::{Contradiction, Restoration, SavedEvent};
use crate::secrets::EventSecrets;
use crate::used_ids::UsedIds;
use boxoffice_plan::Hall;
use boxoffice_protocol::change::EventTerms;
use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, Sales, SectionSpec, Sections, Tickets,
};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;

/// The name of an event and of a section of which no other name is known.
const NAME: &str = "deleted";

impl Inventory {
    /// A deleted event that answers as the one which left these ids: its terms are not known any
    /// more, and nothing shows them.
    ///
    /// # Errors
    /// The version is none.
    pub fn gone(id: EventId, version: u64, used: Arc<UsedIds>) -> Result<Self, Contradiction> {
        let unnamed = |_| Contradiction::new("the names of deleted events are names");
        let section = SectionSpec {
            name: NAME.parse().map_err(unnamed)?,
            price: 0,
            layout: Layout::standing(1),
        };
        let spec = EventSpec {
            name: NAME.parse().map_err(unnamed)?,
            starts_at: Timestamp::default().into(),
            currency: Currency::EUR,
            max_per_customer: None,
            plan: None,
            sections: Sections::new(vec![section])
                .map_err(|why| Contradiction::new(why.to_string()))?,
            sales_from: None,
            sales_until: None,
            publication: Publication::Listed,
            presentation: Presentation::default(),
            tickets: Tickets::default(),
        };
        let deleted_at = used.last_deletion().unwrap_or_default();
        let saved = SavedEvent {
            id,
            version,
            last_at: deleted_at,
            created_as: spec.clone(),
            terms: EventTerms { spec, sales: Sales::Closed },
            price_lists: vec![PriceList::new([0].into(), 0)],
            blocked: Vec::new(),
            customers: 0,
        };
        // No customer is in its tables, and no reservation is shown.
        let secrets = EventSecrets::of_tables(0);
        let restored =
            Restoration::new(saved, secrets, Hall::default())?.finish_deleted(deleted_at);
        Ok(restored.after(used, deleted_at))
    }
}
