//! The weights of the steps in a world.

use fastrand::Rng;

/// The weights of one world: each has its own, so that worlds differ more than by chance.
#[derive(Debug)]
pub(crate) struct Weights {
    /// Of a step, in the order of [`Deed::ALL`].
    weights: [u32; Deed::ALL.len()],
    /// One death of so many is by loss of power.
    pub(crate) power_loss: u8,
}

/// The next step of a world.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Ask,
    AskAgain,
    Serve,
    Listen,
    Cut,
    Commit,
    WorkOnSegments,
    Follow,
    Sweep,
    LetTimePass,
    SpoilDisk,
    Stop,
    Die,
}

impl Deed {
    const ALL: [Self; 13] = [
        Self::Ask,
        Self::AskAgain,
        Self::Serve,
        Self::Listen,
        Self::Cut,
        Self::Commit,
        Self::WorkOnSegments,
        Self::Follow,
        Self::Sweep,
        Self::LetTimePass,
        Self::SpoilDisk,
        Self::Stop,
        Self::Die,
    ];
}

impl Weights {
    pub(crate) fn new(random: &mut Rng) -> Self {
        let usual = [220, 40, 260, 180, 4, 140, 60, 30, 30, 40, 6, 2, 4];
        let weights = usual.map(|weight| match random.u8(..8) {
            0 => weight / 4,
            1 => weight * 3,
            _ => weight,
        });
        Self { weights, power_loss: random.u8(1..4) }
    }

    pub(crate) fn next(&self, random: &mut Rng) -> Deed {
        let mut left = random.u32(..self.weights.iter().sum::<u32>());
        for (deed, weight) in Deed::ALL.into_iter().zip(self.weights) {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return deed,
            }
        }
        Deed::Serve
    }
}
