//! The party that asks for a change, as far as a decision needs to know it.

use crate::auth::Role;
use crate::config::{CatalogLimits, HoldTimes};
use boxoffice_inventory::HoldRules;
use boxoffice_protocol::event::Publication;
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

/// The parties that an answer is for, as far as they are shown other events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Admins and agents: every event.
    Staff,
    /// No drafts, and in lists no unlisted events.
    Public,
}

impl Viewer {
    /// Which one a party is.
    pub(crate) const fn of(role: &Role, is_visitor: bool) -> Self {
        match role {
            Role::Admin | Role::Agent if !is_visitor => Self::Staff,
            _ => Self::Public,
        }
    }

    /// Whether an event is there for it.
    pub(crate) const fn sees(self, event: Publication) -> bool {
        matches!(self, Self::Staff) || !matches!(event, Publication::Draft)
    }

    /// Whether lists show it an event.
    pub(super) const fn lists(self, event: Publication) -> bool {
        matches!(self, Self::Staff) || matches!(event, Publication::Listed)
    }
}

/// What a caller is allowed, as every party of its kind is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Allowance {
    /// All room for reservations: everybody, on a server without tokens.
    #[default]
    Full,
    /// All room for reservations, and long holds.
    Admin,
    /// All room for reservations but a reserve of operators, most of what is left to others, and long
    /// holds.
    Agent,
    /// All room but a reserve of agents and operators, and no more of it than is left to others; of an
    /// event no more places than are free, beyond a few, and only within its sales window.
    Customer,
    /// Half of the room for reservations, and short holds within the sales window: becoming a visitor
    /// costs nothing.
    Visitor,
}

impl Allowance {
    /// The allowance of a role, without a principal if that is everybody's.
    pub fn of(role: &Role, principal: Option<&Principal>, is_visitor: bool) -> Self {
        match role {
            _ if is_visitor => Self::Visitor,
            Role::Admin if principal.is_none() => Self::Full,
            Role::Admin => Self::Admin,
            Role::Agent => Self::Agent,
            Role::Customer(_) | Role::Reader => Self::Customer,
        }
    }

    /// The part of `all` reservations that parties of its kind may fill.
    pub(super) const fn room(self, all: u64) -> u64 {
        match self {
            Self::Full | Self::Admin => all,
            Self::Agent => all - all / 16,
            Self::Customer => all - all / 4,
            Self::Visitor => all / 2,
        }
    }

    /// How many times as many reservations as there is still room for a token of its kind may have
    /// made lately. An agent acts for many customers: it may fill seven eighths.
    pub(super) const fn times(self) -> u64 {
        if matches!(self, Self::Agent) { 7 } else { 1 }
    }

    /// The rules for its holds.
    pub fn holds(self, rules: &HoldRules, limits: &CatalogLimits) -> HoldRules {
        match self {
            Self::Full => *rules,
            Self::Admin | Self::Agent => {
                let HoldTimes { max, life } = limits.agent_holds;
                let max = max.max(rules.max);
                HoldRules { max, life: life.max(rules.life).max(max), ..*rules }
            }
            Self::Customer => {
                let assured_places = Some(limits.customer_places);
                HoldRules { assured_places, window: true, sees_drafts: false, ..*rules }
            }
            Self::Visitor => {
                let HoldTimes { max, life } = limits.visitor_holds;
                let max = max.clamp(rules.min, rules.max);
                let life = life.clamp(max, rules.life);
                let default = rules.default.min(max);
                let rules = HoldRules { default, max, life, ..*rules };
                HoldRules { one_seat_a_text: true, window: true, sees_drafts: false, ..rules }
            }
        }
    }
}
