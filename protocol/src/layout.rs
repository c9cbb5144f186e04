//! How the places of sections are arranged, and how that changes. Reached through
//! [`event`](crate::event).

use crate::id::SectionName;
use crate::limits::{MAX_ROW_SEATS, MAX_ROWS, MAX_STANDING_CAPACITY};
use crate::list::bounded;
use crate::text::InvalidField;
use bincode::de::BorrowDecoder;
use bincode::error::{AllowedEnumVariants, DecodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};

/// How the places of a section are arranged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub enum Layout {
    /// Rows of numbered seats, the front one first; each entry is a row's number of seats.
    Seated {
        /// Seats of each row.
        rows: Vec<u16>,
    },
    /// Places that are all alike.
    Standing {
        /// How many there are.
        capacity: u32,
        /// How many of them are not for sale.
        blocked: u32,
    },
}

impl Layout {
    /// `rows` rows of `seats` seats.
    pub fn grid(rows: u16, seats: u16) -> Self {
        Self::Seated { rows: vec![seats; rows.into()] }
    }

    /// So many places to stand, all for sale.
    pub const fn standing(capacity: u32) -> Self {
        Self::Standing { capacity, blocked: 0 }
    }

    /// How many standing places are not for sale; seats are blocked one by one.
    pub const fn blocked(&self) -> u32 {
        match self {
            Self::Seated { .. } => 0,
            Self::Standing { blocked, .. } => *blocked,
        }
    }

    /// How many places there are.
    pub fn capacity(&self) -> u32 {
        match self {
            Self::Seated { rows } => rows.iter().map(|&seats| u32::from(seats)).sum(),
            Self::Standing { capacity, .. } => *capacity,
        }
    }

    /// How many rows there are; none where people stand.
    pub fn rows(&self) -> usize {
        match self {
            Self::Seated { rows } => rows.len(),
            Self::Standing { .. } => 0,
        }
    }

    /// Whether places are seats.
    pub const fn is_seated(&self) -> bool {
        matches!(self, Self::Seated { .. })
    }

    /// Whether another one has the same places, whichever of them are blocked.
    pub fn has_places_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Seated { rows }, Self::Seated { rows: others }) => rows == others,
            (Self::Standing { .. }, Self::Standing { .. }) => self.capacity() == other.capacity(),
            _ => false,
        }
    }

    /// Checks its bounds.
    ///
    /// # Errors
    /// [`InvalidField`] names the section, which it is of, and the bound.
    pub fn check(&self, section: &SectionName) -> Result<(), InvalidField> {
        let wrong = |why: String| Err(InvalidField::new("sections", format!("{section}: {why}")));
        match self {
            Self::Seated { rows } if rows.is_empty() || rows.len() > MAX_ROWS => {
                wrong(format!("a section has 1 to {MAX_ROWS} rows, this has {}", rows.len()))
            }
            Self::Seated { rows }
                if rows.iter().any(|&seats| seats == 0 || seats > MAX_ROW_SEATS) =>
            {
                wrong(format!("a row has 1 to {MAX_ROW_SEATS} seats"))
            }
            Self::Standing { capacity, .. }
                if *capacity == 0 || *capacity > MAX_STANDING_CAPACITY =>
            {
                wrong(format!("a standing section has 1 to {MAX_STANDING_CAPACITY} places"))
            }
            Self::Standing { capacity, blocked } if blocked > capacity => {
                wrong(format!("it has {capacity} places, {blocked} cannot be blocked"))
            }
            _ => Ok(()),
        }
    }
}

impl<'de, C> BorrowDecode<'de, C> for Layout {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let seated = |rows| Self::Seated { rows };
        let standing = |(capacity, blocked)| Self::Standing { capacity, blocked };
        decoded(decoder, "Layout", seated, standing)
    }
}

/// What changes in the layout of a section.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub enum LayoutUpdate {
    /// Other rows, as in [`Layout::Seated`].
    Seated { rows: Vec<u16> },
    /// Standing places; what is left out stays.
    Standing {
        /// How many there are.
        capacity: Option<u32>,
        /// How many of them are not for sale.
        blocked: Option<u32>,
    },
}

impl LayoutUpdate {
    /// The layout that a section has with it; none if a new section needs to be told more.
    pub fn layout(&self, before: Option<&Layout>) -> Option<Layout> {
        match *self {
            Self::Seated { ref rows } => Some(Layout::Seated { rows: rows.clone() }),
            Self::Standing { capacity, blocked } => Some(Layout::Standing {
                capacity: capacity.or(before.map(Layout::capacity))?,
                blocked: blocked.or(before.map(Layout::blocked)).unwrap_or(0),
            }),
        }
    }
}

/// As many places as this layout has; as many of them stay blocked as are.
impl From<Layout> for LayoutUpdate {
    fn from(layout: Layout) -> Self {
        match layout {
            Layout::Seated { rows } => Self::Seated { rows },
            Layout::Standing { capacity, .. } => {
                Self::Standing { capacity: Some(capacity), blocked: None }
            }
        }
    }
}

impl<'de, C> BorrowDecode<'de, C> for LayoutUpdate {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let seated = |rows| Self::Seated { rows };
        let standing = |(capacity, blocked)| Self::Standing { capacity, blocked };
        decoded(decoder, "LayoutUpdate", seated, standing)
    }
}

/// Reads what is made of rows or of something about standing places.
fn decoded<'de, C, D: BorrowDecoder<'de, Context = C>, T, S: BorrowDecode<'de, C>>(
    decoder: &mut D,
    type_name: &'static str,
    seated: impl FnOnce(Vec<u16>) -> T,
    standing: impl FnOnce(S) -> T,
) -> Result<T, DecodeError> {
    match u32::borrow_decode(decoder)? {
        0 => bounded(decoder, "sections", MAX_ROWS).map(seated),
        1 => S::borrow_decode(decoder).map(standing),
        found => Err(DecodeError::UnexpectedVariant {
            type_name,
            allowed: &AllowedEnumVariants::Range { min: 0, max: 1 },
            found,
        }),
    }
}
