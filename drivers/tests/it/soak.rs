//! Many jobs under random faults, with every wait divided by 100. `LUCHENG_RUNS` says how
//! many (500 without it), `LUCHENG_SEED` from what the faults are drawn; a run that fails prints its seed.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use drivers::simulator::{Fault, FaultKind, Faults, Moment};

/// The divisor of the fast profiles.
pub const FAST: u32 = 100;

/// Draws numbers: SplitMix64, the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// A fault of the wire that strikes one of the next transmissions.
    pub fn fault(&mut self) -> Fault {
        let when = [Moment::Before, Moment::During, Moment::After][self.roll(3) as usize];
        let kind = match self.roll(9) {
            0 => FaultKind::Silence,
            1 => FaultKind::Delay { ms: 1 + self.roll(30) },
            2 => FaultKind::Garbage { bytes: Vec::new() },
            3 => FaultKind::HalfFrame,
            4 => FaultKind::FlippedBit { bit: None },
            5 => FaultKind::WrongChecksum,
            6 => FaultKind::Duplicate,
            7 => FaultKind::LateAnswer,
            _ => FaultKind::Unplug { when, ms: 5 + self.roll(50) },
        };
        let (after, times) = (self.roll(6) as u32, 1 + self.roll(3) as u32);
        Fault { after, times, ..Fault::once(kind) }
    }
}

/// Runs a test as often as is wanted.
pub fn soak(name: &str, faults: &Faults, test: impl FnOnce(u64, Dice)) {
    let number =
        |key: &str, default| std::env::var(key).map_or(default, |text| text.parse().expect("a number"));
    let (runs, seed) = (number("LUCHENG_RUNS", 500), number("LUCHENG_SEED", 1));
    faults.seed(seed);
    let outcome = catch_unwind(AssertUnwindSafe(|| test(runs, Dice(seed))));
    eprintln!("{name}: {runs} runs, seed {seed}, {} transmissions struck", faults.struck());
    if let Err(failure) = outcome {
        eprintln!("{name}: FAILED; LUCHENG_RUNS={runs} LUCHENG_SEED={seed} draws the same faults");
        resume_unwind(failure);
    }
}
