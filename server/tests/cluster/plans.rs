//! Plans of a store: every server finds them.

use super::bench::{Bench, ENGINES};
use crate::common::planned;
use boxoffice_plan::{PlanFormat, plan_digest, read_plan};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_testing::plans::{get_all, put_all};
use boxoffice_testing::{create, reserve, seats, test_name};

/// A plan of several parts of the store's log.
fn large() -> Vec<u8> {
    let row = |row: i32| {
        let points = (0..100).map(|seat| format!("[{}.25, {row}.5]", seat + row));
        let points = points.collect::<Vec<_>>().join(", ");
        format!("[[section.row]]\nlabel = \"{row}\"\npoints = [{points}]\n")
    };
    let rows = (1..=400).map(row).collect::<String>();
    let head = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"1..400\"\n\
        seats = \"1..100\"\n";
    read_plan(&format!("{head}{rows}"), PlanFormat::Toml).expect("a plan").file.canonical()
}

#[tokio::test]
async fn every_server_has_a_plan_that_one_was_given() {
    let plan = large();
    let digest = plan_digest(&plan);
    assert!(plan.len() > 300_000, "{}", plan.len());
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, 3, test_name!()).await else { continue };
        let (mut a, mut b, mut c) =
            (bench.client(0).await, bench.client(1).await, bench.client(2).await);
        let missing = b.refused(&Request::GetPlan { digest, offset: 0 }).await;
        assert_eq!(missing, Refusal::PlanNotFound, "{engine:?}");
        // Two servers are given it at once.
        let both =
            tokio::join!(put_all(&mut a, digest, &plan, 0), put_all(&mut b, digest, &plan, 0));
        for saved in [both.0, both.1] {
            assert!(matches!(saved, Body::PlanSaved { .. }), "{saved:?}");
        }
        let found = get_all(&mut c, digest).await;
        assert!(found.is_some_and(|found| found == plan), "{engine:?}");
        let again = put_all(&mut c, digest, &plan, 0).await;
        assert_eq!(again, Body::PlanSaved { effect: Effect::Unchanged });
    }
}

#[tokio::test]
async fn every_server_loads_an_event_in_the_hall_of_its_plan() {
    let (digest, plan, spec) = planned();
    for engine in ENGINES {
        let Some(bench) = Bench::start(*engine, 3, test_name!()).await else { continue };
        let (mut a, mut b, mut c) =
            (bench.client(0).await, bench.client(1).await, bench.client(2).await);
        let missing = a.refused(&create("opera", spec.clone())).await;
        assert_eq!(missing, Refusal::PlanNotFound, "{engine:?}");
        put_all(&mut a, digest, &plan, 0).await;
        // One that was not given the plan creates the event, and another one loads it.
        let created = b.ask(&create("opera", spec.clone())).await.body;
        assert_eq!(created, Body::EventSaved { effect: Effect::Applied }, "{engine:?}");
        for (client, label) in [(&mut b, "H5"), (&mut c, "h-1"), (&mut a, "row J seat 4")] {
            let asked = reserve(bench.id(), "opera", "ann", seats(&[label]));
            let body = client.ask(&asked).await.body;
            assert!(matches!(body, Body::Reservation { .. }), "{engine:?}: {body:?}");
        }
    }
}
