//! A setting of the database's server that a store cannot rest on.

/// A setting with which acknowledged changes may get lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsafeSetting {
    pub setting: &'static str,
    pub value: String,
    pub needed: &'static str,
}
