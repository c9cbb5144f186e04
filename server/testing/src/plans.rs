//! Plans, as clients put and get them.

use crate::Raw;
use boxoffice_protocol::PlanPart;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;

/// The request with the part of a plan that begins at an offset.
pub fn put_plan(digest: PlanDigest, plan: &[u8], offset: usize) -> Request {
    let bytes = PlanPart::of(plan, offset);
    Request::PutPlan { digest, offset: u32::try_from(offset).expect("a small plan"), bytes }
}

/// Puts a plan from this offset on. Returns what was answered to its last part.
pub async fn put_all(client: &mut Raw, digest: PlanDigest, plan: &[u8], from: usize) -> Body {
    let mut offset = from;
    loop {
        match client.ask(&put_plan(digest, plan, offset)).await.body {
            Body::PlanPartTaken { next } if (next as usize) > offset => offset = next as usize,
            other => return other,
        }
    }
}

/// Gets a plan; none if the server has none.
pub async fn get_all(client: &mut Raw, digest: PlanDigest) -> Option<Vec<u8>> {
    let mut plan = Vec::new();
    loop {
        let offset = u32::try_from(plan.len()).expect("a small plan");
        match client.ask(&Request::GetPlan { digest, offset }).await.body {
            Body::PlanPart { size, bytes } => {
                plan.extend_from_slice(bytes.as_bytes());
                if plan.len() == size as usize {
                    return Some(plan);
                }
                assert!(!bytes.as_bytes().is_empty(), "it ends at {offset}");
            }
            Body::Refused(_) => return None,
            other => panic!("{other:?}"),
        }
    }
}
