//! Parts of plans, as requests and replies carry them.

use crate::limits::MAX_PLAN_PART_BYTES;
use crate::text::{InvalidField, invalid};
use crate::varint::decode_bytes;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

/// Consecutive bytes of a plan's canonical form: at most [`MAX_PLAN_PART_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanPart(Box<[u8]>);

impl PlanPart {
    /// The part of a plan that begins at an offset; empty at its end and beyond it.
    pub fn of(plan: &[u8], offset: usize) -> Self {
        let rest = plan.get(offset..).unwrap_or_default();
        Self(rest[..rest.len().min(MAX_PLAN_PART_BYTES)].into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<'de, C> BorrowDecode<'de, C> for PlanPart {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let bytes = decode_bytes(decoder)?;
        if bytes.len() > MAX_PLAN_PART_BYTES {
            let why = format!("at most {MAX_PLAN_PART_BYTES} in a part, this has {}", bytes.len());
            return Err(invalid(InvalidField::new("bytes", why)));
        }
        Ok(Self(bytes.into()))
    }
}
