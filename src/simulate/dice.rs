//! Chance that is the same in every run.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Chance for one part of a simulation.
#[derive(Debug)]
pub struct Dice(StdRng);

impl Dice {
    /// The stream of one part under one seed.
    pub fn of(seed: u64, part: u64) -> Self {
        Self(StdRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(part)))
    }

    /// A number of this range, its end excluded.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..high.max(low + 1))
    }

    /// True in one of `n` cases.
    pub fn one_in(&mut self, n: u32) -> bool {
        self.0.random_range(0..n.max(1)) == 0
    }

    /// One of these; none of nothing.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let place = self.between(0, u64::try_from(from.len()).unwrap_or(0).max(1));
        from.get(usize::try_from(place).unwrap_or(0))
    }
}
