//! Numbers with a meaning of their own: versions and money.

use serde::{Deserialize, Serialize};

/// An event's version: the number of changes it has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(minimum = 0, example = 7))]
pub struct Version(pub u64);

impl Version {
    /// Whether this is 0, which stands for an answer that looked at no version.
    pub(super) const fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

/// How often a reservation was transferred or exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(minimum = 0, example = 0))]
pub struct Revision(pub u64);

/// Money in the event's currency, in minor units: 4500 is 45.00 EUR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(as = Minor, minimum = 0, maximum = 1_000_000_000_000_u64, example = 4_500)
)]
pub struct MinorUnits(pub u64);
