//! The word for how the places of a section are arranged.

use crate::event::Layout;
use serde::Serialize;

/// Whether a section has seats or only a capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Kind))]
pub(super) enum SectionKind {
    Seated,
    Standing,
}

impl From<&Layout> for SectionKind {
    fn from(layout: &Layout) -> Self {
        match layout {
            Layout::Seated { .. } => Self::Seated,
            Layout::Standing { .. } => Self::Standing,
        }
    }
}
