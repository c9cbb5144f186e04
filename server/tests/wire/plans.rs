//! Plans over the binary protocol: they come in parts, are checked as hostile input, and are kept while
//! they are used, and for a day.

use super::restarts::on_disk;
use crate::common::config;
use crate::kinds::start;
use boxoffice_plan::{PlanFormat, plan_digest, read_plan};
use boxoffice_protocol::PlanPart;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::limits::{MAX_PLAN_BYTES, MAX_PLAN_PART_BYTES};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_server::Server;
use boxoffice_testing::plans::{get_all, put_all, put_plan};
use boxoffice_testing::{Raw, until};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn canonical(toml: &str) -> (PlanDigest, Vec<u8>) {
    let plan = read_plan(toml, PlanFormat::Toml).expect("a plan").file.canonical();
    (plan_digest(&plan), plan)
}

/// A plan of several parts.
fn large() -> (PlanDigest, Vec<u8>) {
    let points = |row: i32| {
        let points = (0..100).map(|seat| format!("[{}.25, {row}.5]", seat + row));
        points.collect::<Vec<_>>().join(", ")
    };
    let rows = (1..=100)
        .map(|row| format!("[[section.row]]\nlabel = \"{row}\"\npoints = [{}]\n", points(row)));
    let rows = rows.collect::<String>();
    let head = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"1..100\"\n\
        seats = \"1..100\"\n";
    let (digest, plan) = canonical(&format!("{head}{rows}"));
    assert!(plan.len() > 2 * MAX_PLAN_PART_BYTES, "{}", plan.len());
    (digest, plan)
}

fn small() -> (PlanDigest, Vec<u8>) {
    canonical("name = \"Club\"\n[[section]]\nname = \"floor\"\ncapacity = 200\n")
}

fn saved(effect: Effect) -> Body {
    Body::PlanSaved { effect }
}

/// Why a plan or its digest is refused.
async fn invalid(client: &mut Raw, request: &Request) -> (String, String) {
    match client.refused(request).await {
        Refusal::Invalid { field, why } => (field.to_string(), why.to_string()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_plan_comes_in_parts_and_is_given_back() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let (digest, plan) = large();
    assert_eq!(
        client.refused(&Request::GetPlan { digest, offset: 0 }).await,
        Refusal::PlanNotFound
    );
    // A part that is not the next one changes nothing, and a repeat neither.
    let second = put_plan(digest, &plan, MAX_PLAN_PART_BYTES);
    assert_eq!(client.ask(&second).await.body, Body::PlanPartTaken { next: 0 });
    let next = u32::try_from(MAX_PLAN_PART_BYTES).expect("a small number");
    for _ in 0..2 {
        let first = client.ask(&put_plan(digest, &plan, 0)).await;
        assert_eq!((first.version, first.body), (0, Body::PlanPartTaken { next }));
    }
    // Another connection of the same party goes on.
    let mut client = Raw::connect(server.address()).await;
    let end = put_all(&mut client, digest, &plan, MAX_PLAN_PART_BYTES).await;
    assert_eq!(end, saved(Effect::Applied));
    assert_eq!(get_all(&mut client, digest).await, Some(plan.clone()));
    for offset in [0, 7] {
        let again = client.ask(&put_plan(digest, &plan, offset)).await.body;
        assert_eq!(again, saved(Effect::Unchanged));
    }
    let size = u32::try_from(plan.len()).expect("a small number");
    let end = Body::PlanPart { size, bytes: PlanPart::default() };
    assert_eq!(client.ask(&Request::GetPlan { digest, offset: size }).await.body, end);
    let beyond = invalid(&mut client, &Request::GetPlan { digest, offset: size + 1 }).await;
    assert_eq!(beyond.0, "offset");
}

#[tokio::test]
async fn what_is_no_plan_is_refused_and_says_what_to_do() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let (digest, plan) = small();
    // Other bytes than the digest's.
    let other = put_plan(digest, &plan[1..], 0);
    let next = u32::try_from(plan.len() - 1).expect("a small number");
    assert_eq!(client.ask(&other).await.body, Body::PlanPartTaken { next });
    let (field, why) = invalid(&mut client, &put_plan(digest, &plan[1..], plan.len() - 1)).await;
    assert_eq!(field, "digest");
    assert!(why.contains("from offset 0"), "{why}");
    assert_eq!(put_all(&mut client, digest, &plan, 0).await, saved(Effect::Applied));
    // Bytes that are no plan, a wrong plan, and one that is not in its canonical form.
    let doubled = r#"{"name":"Club","section":[{"name":"floor","capacity":0}]}"#;
    let spaced = r#"{"name": "Club", "section": [{"name": "floor", "capacity": 3}]}"#;
    let wrong =
        [("[", "EOF"), ("\u{0}", "expected"), (doubled, "section[0]"), (spaced, "canonical")];
    for (bytes, says) in wrong {
        let digest = plan_digest(bytes.as_bytes());
        let (field, why) = invalid(&mut client, &put_plan(digest, bytes.as_bytes(), 0)).await;
        assert_eq!(field, "plan", "{bytes}");
        assert!(why.contains(says), "{why}");
        assert_eq!(get_all(&mut client, digest).await, None);
    }
    let (limit, have) = (MAX_PLAN_BYTES as u64, MAX_PLAN_BYTES as u64 - 1);
    let offset = u32::try_from(have).expect("a small number");
    let beyond =
        Request::PutPlan { digest: PlanDigest([0; 32]), offset, bytes: PlanPart::of(&plan, 0) };
    assert_eq!(client.refused(&beyond).await, Refusal::LimitExceeded { limit, have });
}

#[tokio::test]
async fn other_requests_are_answered_while_a_plan_is_checked() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let (digest, plan) = small();
    // Both wait for the one piece of work, or the second one finds it done.
    let mut asked = Vec::new();
    for request in [put_plan(digest, &plan, 0), put_plan(digest, &plan, 0), Request::Ping] {
        asked.push(client.send(&request).await);
    }
    let mut answered = Vec::new();
    for _ in &asked {
        let frame = client.receive().await.expect("an answer");
        let body = frame.reply.body;
        assert!(matches!(body, Body::PlanSaved { .. } | Body::Pong { .. }), "{body:?}");
        answered.push(frame.correlation);
    }
    answered.sort_unstable();
    assert_eq!(answered, asked);
}

async fn put_small(server: &Server) -> PlanDigest {
    let mut client = Raw::connect(server.address()).await;
    let (digest, plan) = small();
    assert_eq!(put_all(&mut client, digest, &plan, 0).await, saved(Effect::Applied));
    digest
}

#[tokio::test]
async fn a_plan_is_kept_while_it_is_used_and_for_a_day() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = start(on_disk(&data)).await;
    let digest = put_small(&server).await;
    let registry = server.plans().registry();
    let used = registry.find(&digest).expect("it is kept");
    for _ in 0..3 {
        server.clock().advance(DAY);
        server.plans().forget_unused();
        assert_eq!(registry.count(), 1);
    }
    drop(used);
    server.clock().advance(DAY - Duration::from_secs(1));
    server.plans().forget_unused();
    assert_eq!(registry.count(), 1);
    // A repeat begins another day.
    let mut client = Raw::connect(server.address()).await;
    assert_eq!(put_all(&mut client, digest, &small().1, 0).await, saved(Effect::Unchanged));
    server.clock().advance(DAY - Duration::from_secs(1));
    server.plans().forget_unused();
    assert_eq!(registry.count(), 1);
    // The server looks every minute; a look that began before the day was over sees the plan as used.
    until("it is forgotten", || {
        server.clock().advance(Duration::from_secs(61));
        registry.count() == 0
    })
    .await;
    assert_eq!(get_all(&mut client, digest).await, None);
    drop(client);
    assert!(server.stop().await.durable);
    let server = start(on_disk(&data)).await;
    assert_eq!(server.plans().registry().count(), 0, "its row is gone, too");
}

#[tokio::test]
async fn a_restart_keeps_plans_for_another_day() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let server = start(on_disk(&data)).await;
    let digest = put_small(&server).await;
    assert!(server.stop().await.durable);
    let server = start(on_disk(&data)).await;
    assert!(server.plans().registry().find(&digest).is_some());
    server.clock().advance(DAY - Duration::from_secs(1));
    server.plans().forget_unused();
    assert_eq!(server.plans().registry().count(), 1);
}
