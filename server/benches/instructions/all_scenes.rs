//! The scenes by name.

use crate::scenes::{Scene, USUAL};
use crate::worst::WORST;
use anyhow::Context;

/// All scenes, in the order of the table.
pub(crate) fn all() -> Vec<Scene> {
    USUAL.into_iter().chain(WORST).collect()
}

/// The scene of this name.
///
/// # Errors
/// If there is none.
pub(crate) fn named(name: &str) -> anyhow::Result<Scene> {
    let names = || all().iter().map(|scene| scene.name).collect::<Vec<_>>().join(", ");
    let scene = all().into_iter().find(|scene| scene.name == name);
    scene.with_context(|| format!("there is no scene {name}, only {}", names()))
}
