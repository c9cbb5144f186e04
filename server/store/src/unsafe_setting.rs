//! A setting of an engine that a store cannot rest on.

/// A setting with which acknowledged changes may get lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsafeSetting {
    pub setting: &'static str,
    pub value: String,
    pub needed: &'static str,
}

/// What to do about an [`UnsafeSetting`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnsafeSettings {
    Refused,
    /// The store names them.
    Accepted,
}
