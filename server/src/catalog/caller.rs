//! The party that asks for a change, as far as a decision needs to know it.

use crate::config::{CatalogLimits, VisitorHolds};
use boxoffice_inventory::HoldRules;
use boxoffice_protocol::id::Principal;

/// The party that asks for a change.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// The name that is recorded with the change; none without a token.
    pub principal: Option<&'a Principal>,
    pub allowance: Allowance,
}

impl<'a> Caller<'a> {
    /// A caller with a full allowance.
    pub fn named(principal: Option<&'a Principal>) -> Self {
        Self { principal, ..Self::default() }
    }
}

/// What a caller is allowed, as every party of its kind is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Allowance {
    #[default]
    Full,
    /// Half of the room for reservations, and short holds: becoming a visitor costs nothing.
    Visitor,
}

impl Allowance {
    pub const fn of_visitor(is_visitor: bool) -> Self {
        if is_visitor { Self::Visitor } else { Self::Full }
    }

    /// The part of `all` reservations that it may fill.
    pub(super) const fn room(self, all: u64) -> u64 {
        match self {
            Self::Full => all,
            Self::Visitor => all / 2,
        }
    }

    /// The rules for its holds.
    pub fn holds(self, rules: &HoldRules, limits: &CatalogLimits) -> HoldRules {
        let VisitorHolds { max, life } = limits.visitor_holds;
        match self {
            Self::Full => *rules,
            Self::Visitor => {
                let max = max.clamp(rules.min, rules.max);
                let life = life.clamp(max, rules.life);
                HoldRules { default: rules.default.min(max), min: rules.min, max, life }
            }
        }
    }
}
