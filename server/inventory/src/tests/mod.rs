//! Tests of the inventory through its public face.
//!
//! - `harness`: an inventory with a log and a time, and short words to ask it for things.
//! - `refusals`: every refusal, and which one comes first where several are true.
//! - `labels`: seats by what people write.
//! - `lives`: what reservations go through, and what is seen of it.
//! - `laws`: the laws that the inventory has to keep, by name.
//! - `best_seats`: what the best seats are, by examples.
//! - `filling`: how full a hall gets when everyone asks for the best ones.
//! - `special_seats`: seats that are sold only by their names, and rows that are taken as a whole.
//! - `updates`: changes of an event's terms.
//! - `sales_window`: whom it binds, when it is recorded, what is refused and until when.
//! - `tickets`: types of tickets and their prices.
//! - `transfers`: transfers to other customers.
//! - `orders`: what is paid and confirmed together.
//! - `searches`: reservations found by what people know of them.
//! - `answers`: the same answers, whether changes are applied one by one or gathered.
//! - `against_model`: random commands, compared with the [`model`](crate::model).

mod against_model;
mod answers;
mod best_seats;
mod exchanges;
mod filling;
mod harness;
mod labels;
mod late;
mod laws;
mod lives;
mod orders;
mod refusals;
mod sales_window;
mod searches;
mod special_seats;
mod tickets;
mod transfers;
mod updates;
