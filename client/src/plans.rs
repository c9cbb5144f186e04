//! Plans of halls: put and got in parts that fit a frame.

use crate::client::Client;
use crate::error::ClientError;
use boxoffice_protocol::PlanPart;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::Request;

impl Client {
    /// Has the server keep a plan, of which this is the canonical form and its digest. Goes on where an
    /// earlier call was interrupted.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn put_plan(
        &self,
        digest: PlanDigest,
        canonical: &[u8],
    ) -> Result<Effect, ClientError> {
        let mut offset = 0;
        loop {
            let bytes = PlanPart::of(canonical, offset as usize);
            let reply = self.call(&Request::PutPlan { digest, offset, bytes }).await?;
            match reply.body {
                Body::PlanSaved { effect } => return Ok(effect),
                // An offset that stays where it is: the server has forgotten what it had.
                Body::PlanPartTaken { next } => offset = next,
                _ => return Err(ClientError::unexpected(&reply)),
            }
        }
    }

    /// The canonical form of a plan that the server keeps.
    ///
    /// # Errors
    /// See [`call`](Self::call).
    pub async fn plan(&self, digest: PlanDigest) -> Result<Vec<u8>, ClientError> {
        let mut canonical = Vec::new();
        loop {
            let offset = u32::try_from(canonical.len()).unwrap_or(u32::MAX);
            match self.call(&Request::GetPlan { digest, offset }).await? {
                Reply { body: Body::PlanPart { size, bytes }, .. } => {
                    canonical.extend_from_slice(bytes.as_bytes());
                    if canonical.len() >= size as usize || bytes.as_bytes().is_empty() {
                        return Ok(canonical);
                    }
                }
                other => return Err(ClientError::unexpected(&other)),
            }
        }
    }
}
