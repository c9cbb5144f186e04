//! Plans that have come in part.

use super::kept_plan::OTHER_DIGEST;
use crate::fairness::Principal;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::limits::MAX_PLAN_BYTES;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::time::Timestamp;
use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration;

/// Unfinished plans of one principal.
const OF_ONE: usize = 4;

/// Bytes of all unfinished plans.
const ALL_BYTES: usize = 64 << 20;

/// How long an unfinished plan waits for its next part.
const WAITS: Duration = Duration::from_secs(10 * 60);

/// Whose plan it is, and which.
type UploadKey = (Principal, PlanDigest);

/// All plans that have come in part. They are forgotten with the process.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    uploads: HashMap<UploadKey, Upload>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Upload {
    bytes: BytesMut,
    hash: Sha256,
    at: Timestamp,
}

/// What a part came to.
#[derive(Debug)]
pub(super) enum PartTaken {
    /// More parts have to come; the next one begins there.
    Next(u32),
    /// The plan is whole, and is forgotten here.
    Whole(Bytes),
}

impl Uploads {
    /// Takes a part if it begins where those before it end.
    pub(super) fn take(
        &mut self,
        key: &UploadKey,
        offset: u32,
        part: &[u8],
        now: Timestamp,
    ) -> Result<PartTaken, Refusal> {
        if offset as usize + part.len() > MAX_PLAN_BYTES {
            let (limit, have) = (MAX_PLAN_BYTES as u64, u64::from(offset));
            return Err(Refusal::LimitExceeded { limit, have });
        }
        self.forget_old(now);
        let there = self.uploads.get(key).map_or(0, Upload::next);
        if offset != there {
            return Ok(PartTaken::Next(there));
        }
        let upload = self.uploads.entry(key.clone()).or_default();
        upload.at = now;
        upload.bytes.extend_from_slice(part);
        upload.hash.update(part);
        self.bytes += part.len();
        if key.1.0 == <[u8; 32]>::from(upload.hash.clone().finalize()) {
            return Ok(PartTaken::Whole(self.remove(key)));
        }
        if part.is_empty() {
            self.remove(key);
            return Err(Refusal::invalid("digest", OTHER_DIGEST));
        }
        let next = upload.next();
        self.make_room(key);
        Ok(PartTaken::Next(next))
    }

    /// Forgets those whose next part did not come for a while.
    pub(super) fn forget_old(&mut self, now: Timestamp) {
        let is_old = |upload: &Upload| now.since(upload.at) >= WAITS;
        for key in self.keys_by_age(|_, upload| is_old(upload)) {
            self.remove(&key);
        }
    }

    /// Forgets others for this one where there are too many.
    fn make_room(&mut self, newest: &UploadKey) {
        let (own, digest) = newest;
        if self.uploads.keys().filter(|(of, _)| of == own).count() > OF_ONE {
            self.remove_oldest(own, digest);
        }
        while self.bytes > ALL_BYTES {
            let Some(largest) = self.largest() else { return };
            if !self.remove_oldest(&largest, digest) {
                return;
            }
        }
    }

    /// The principal whose unfinished plans have most bytes.
    fn largest(&self) -> Option<Principal> {
        let mut bytes: HashMap<&Principal, usize> = HashMap::new();
        for ((of, _), upload) in &self.uploads {
            *bytes.entry(of).or_default() += upload.bytes.len();
        }
        bytes.into_iter().max_by_key(|&(_, bytes)| bytes).map(|(of, _)| of.clone())
    }

    /// Forgets the oldest one of a principal, if it has another than this.
    fn remove_oldest(&mut self, of: &Principal, but: &PlanDigest) -> bool {
        let others = self.keys_by_age(|key, _| key.0 == *of && key.1 != *but);
        others.first().map(|key| self.remove(key)).is_some()
    }

    fn keys_by_age(&self, mut which: impl FnMut(&UploadKey, &Upload) -> bool) -> Vec<UploadKey> {
        let those = self.uploads.iter().filter(|(key, upload)| which(key, upload));
        let mut keys: Vec<_> = those.map(|(key, upload)| (upload.at, key.clone())).collect();
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    fn remove(&mut self, key: &UploadKey) -> Bytes {
        let upload = self.uploads.remove(key).unwrap_or_default();
        self.bytes -= upload.bytes.len();
        upload.bytes.freeze()
    }
}

impl Upload {
    fn next(&self) -> u32 {
        u32::try_from(self.bytes.len()).expect("a plan is shorter than 4 GiB")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_plan::plan_digest;
    use std::net::{IpAddr, Ipv4Addr};

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    fn principal(number: u8) -> Principal {
        Principal::at(IpAddr::V4(Ipv4Addr::new(10, 0, 0, number)))
    }

    fn digest(number: u8) -> PlanDigest {
        PlanDigest([number; 32])
    }

    fn next(taken: Result<PartTaken, Refusal>) -> u32 {
        match taken {
            Ok(PartTaken::Next(next)) => next,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parts_are_taken_in_their_order_only() {
        let mut uploads = Uploads::default();
        let key = (principal(1), plan_digest(b"abcdef"));
        let mut take = |offset, part: &[u8]| uploads.take(&key, offset, part, NOW);
        assert_eq!(next(take(2, b"cd")), 0);
        assert_eq!(next(take(0, b"ab")), 2);
        assert_eq!(next(take(0, b"ab")), 2);
        assert_eq!(next(take(4, b"ef")), 2);
        assert_eq!(next(take(2, b"cd")), 4);
        let Ok(PartTaken::Whole(whole)) = take(4, b"ef") else { panic!("it is whole") };
        assert_eq!(&whole[..], b"abcdef");
        assert_eq!(next(take(4, b"ef")), 0);
    }

    #[test]
    fn an_empty_part_ends_what_has_another_digest() {
        let mut uploads = Uploads::default();
        let key = (principal(1), plan_digest(b"abc"));
        let mut take = |offset, part: &[u8]| uploads.take(&key, offset, part, NOW);
        assert_eq!(next(take(0, b"abd")), 3);
        assert!(matches!(take(3, b""), Err(Refusal::Invalid { field, .. }) if &*field == "digest"));
        assert!(matches!(take(0, b"abc"), Ok(PartTaken::Whole(_))));
    }

    #[test]
    fn what_ends_beyond_the_bound_is_refused() {
        let mut uploads = Uploads::default();
        let offset = u32::try_from(MAX_PLAN_BYTES).expect("a small number") - 1;
        let refused = uploads.take(&(principal(1), digest(1)), offset, b"ab", NOW);
        let (limit, have) = (16_777_216, 16_777_215);
        assert_eq!(refused.expect_err("too long"), Refusal::LimitExceeded { limit, have });
        assert!(uploads.take(&(principal(1), digest(1)), u32::MAX, b"ab", NOW).is_err());
        assert!(uploads.uploads.is_empty());
    }

    #[test]
    fn law_7_unfinished_plans_are_bounded_and_forgotten() {
        let (mut uploads, ms) = (Uploads::default(), Duration::from_millis);
        let mut put = |who, plan, bytes: usize, span| {
            let now = NOW.plus(span);
            let part = vec![0; bytes];
            next(uploads.take(&(principal(who), digest(plan)), 0, &part, now));
            (uploads.uploads.len(), uploads.bytes)
        };
        for plan in 0..4 {
            put(1, plan, 10, ms(plan.into()));
        }
        assert_eq!(put(2, 9, 10, ms(9)), (5, 50));
        // A fifth takes the place of the first.
        assert_eq!(put(1, 4, 10, ms(10)), (5, 50));
        assert_eq!(put(2, 7, 10, WAITS + ms(9)), (2, 20));
    }

    #[test]
    fn law_9_the_largest_principal_makes_room() {
        let mut uploads = Uploads::default();
        let quarter = vec![0; ALL_BYTES / 4];
        let mut put = |who, plan, part: &[u8]| {
            next(uploads.take(&(principal(who), digest(plan)), 0, part, NOW));
            let mut keys: Vec<_> = uploads.uploads.keys().map(|(_, digest)| digest.0[0]).collect();
            keys.sort_unstable();
            keys
        };
        put(2, 8, &quarter[1..]);
        put(1, 1, &quarter);
        put(1, 2, &quarter);
        put(1, 3, &quarter);
        assert_eq!(put(2, 9, b"ab"), [2, 3, 8, 9]);
        assert_eq!(put(3, 10, &quarter), [3, 8, 9, 10]);
    }
}
