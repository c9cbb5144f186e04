//! The scenario that every client has to pass, with the client library. `tests/http/clients.rs` has
//! those in other languages.

use crate::common::{config, start_with};
use boxoffice_client::{Booking, Client, ClientConfig, ClientError, ReservationFilter, Saved};
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::json::{
    self, CreateEventRequest, EndingRequest, RefusalRecord, ReservationRecord, ReservationRequest,
    ReservationsRecord, SavedRecord, SeatMapRecord, UpdateEventRequest,
};
use boxoffice_protocol::request::{Force, Freshness, Request, ReservationKey};
use boxoffice_protocol::reservation::Keep;
use boxoffice_server::Dependencies;
use boxoffice_testing::{PATIENCE, repository};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::time::Duration;

/// The deadline that the scenario asks for, from now.
const EXTENSION: Duration = Duration::from_secs(600);

/// A client in the middle of the scenario.
struct Scenario {
    client: Client,
    event: EventId,
    /// The reservations' ids, by their names in the scenario.
    ids: HashMap<String, ReservationId>,
}

#[tokio::test]
async fn the_library_passes_the_scenario() {
    let server = start_with(Dependencies::default(), config()).await;
    let address = server.address().to_string();
    let config = ClientConfig { server: address, deadline: PATIENCE, ..ClientConfig::default() };
    let client = Client::connect(config).await.expect("the server is there");
    let file = repository("client/conformance/scenario.json");
    let scenario = std::fs::read_to_string(file).expect("the scenario");
    let scenario: Value = serde_json::from_str(&scenario).expect("JSON");
    let event = EventId::parse(text(&scenario["event"])).expect("a slug");
    let mut course = Scenario { client, event, ids: HashMap::new() };
    let steps = scenario["steps"].as_array().expect("steps");
    assert!(steps.len() > 20, "{}", steps.len());
    for step in steps {
        let answer = course.ask(step).await.unwrap_or_else(|error| match error {
            ClientError::Refused { refusal, version } => {
                record(&RefusalRecord::new(&refusal, version))
            }
            other => panic!("{}: {other}", step["does"]),
        });
        assert!(has(&answer, &step["expect"]), "{step}\nis answered\n{answer}");
    }
}

impl Scenario {
    /// The answer to a step, as JSON.
    async fn ask(&mut self, step: &Value) -> Result<Value, ClientError> {
        match text(&step["ask"]) {
            asked @ ("create_event" | "update_event" | "delete_event") => {
                let saved = self.save(asked, &step["body"]).await?;
                Ok(record(&SavedRecord::new(&self.event, saved.effect, saved.version)))
            }
            "seats" => {
                let map = self.client.seats(&self.event, Freshness::Fresh).await?;
                Ok(record(&SeatMapRecord::new(&self.event, map.version, &map.value)))
            }
            "list_reservations" => {
                let event = Some(self.event.clone());
                let filter = ReservationFilter { event, ..ReservationFilter::default() };
                let rows = self.client.reservations(filter).all().await?;
                Ok(record(&ReservationsRecord::new(&rows, None, 0)))
            }
            asked => {
                let name = text(&step["reservation"]).to_owned();
                let id = *self.ids.entry(name).or_insert_with(|| self.client.new_id());
                let booking = self.book(asked, id, &step["body"]).await?;
                Ok(record(&ReservationRecord::new(&booking.reservation, booking.version)))
            }
        }
    }

    async fn save(&self, asked: &str, body: &Value) -> Result<Saved, ClientError> {
        match asked {
            "create_event" => {
                let spec = read::<CreateEventRequest>(body)
                    .into_spec(boxoffice_zones::read, |_| None)
                    .expect("a spec");
                self.client.create_event(&self.event, spec).await
            }
            "update_event" => {
                let update: UpdateEventRequest = read(body);
                let if_version = update.if_version.map(|version| version.0);
                let update = update.into_update(boxoffice_zones::read).expect("an update");
                self.client.update_event(&self.event, if_version, update).await
            }
            _ => {
                let force = if body["force"] == true { Force::Yes } else { Force::No };
                self.client.delete_event(&self.event, force).await
            }
        }
    }

    async fn book(
        &self,
        asked: &str,
        id: ReservationId,
        body: &Value,
    ) -> Result<Booking, ClientError> {
        let (client, event) = (&self.client, self.event.clone());
        let customer = CustomerId::parse(text(&body["customer"])).expect("a customer");
        if let "hold" | "reserve" = asked {
            let mut body = body.clone();
            body["action"] = asked.into();
            let wish: ReservationRequest = read(&body);
            let request = wish.into_request(event.borrowed(), id, customer.borrowed(), None);
            return match request.expect("a wish") {
                Request::Hold { selection, ttl_ms, .. } => {
                    let ttl = ttl_ms.map(Duration::from_millis);
                    client.hold(id, &event, &customer, &selection, ttl).await
                }
                Request::Reserve { selection, .. } => {
                    client.reserve(id, &event, &customer, &selection).await
                }
                other => panic!("{other:?} makes no reservation"),
            };
        }
        let key = ReservationKey { event, id, customer };
        let keep = || -> Option<Keep> {
            read::<EndingRequest>(body).into_parts().expect("places to keep").1
        };
        match asked {
            "confirm" => client.confirm(&key, keep()).await,
            "release" => client.release(&key, keep()).await,
            "cancel" => client.cancel(&key, keep()).await,
            "extend" => client.extend(&key, EXTENSION).await,
            "get_reservation" => client.reservation(&key).await,
            other => panic!("{other:?} is not in the scenario's vocabulary"),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn read<T: DeserializeOwned>(body: &Value) -> T {
    let body = json::to_vec(body);
    json::parse(&body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&body)))
}

fn record(record: &impl Serialize) -> Value {
    serde_json::to_value(record).expect("a record is JSON")
}

/// Whether an answer has all that is expected of it.
fn has(answer: &Value, expected: &Value) -> bool {
    let fields = |answer: &Map<String, Value>, expected: &Map<String, Value>| {
        let mut fields = expected.iter();
        fields.all(|(name, expected)| answer.get(name).is_some_and(|field| has(field, expected)))
    };
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => fields(answer, expected),
        (Value::Array(answer), Value::Array(expected)) => {
            let pairs = answer.iter().zip(expected);
            answer.len() == expected.len() && pairs.into_iter().all(|(one, other)| has(one, other))
        }
        _ => answer == expected,
    }
}
