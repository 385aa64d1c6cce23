//! Crash images on all processors.

use std::panic::resume_unwind;
use std::path::Path;

use thiserror::Error;

use super::images::{Tried, cut_power, fail_each};
use super::vfs::{Door, NoDoor};

/// Why nothing can be simulated.
#[derive(Debug, Error)]
pub enum SimulationError {
    /// SQLite takes no simulated disk.
    #[error("simulated disk")]
    Door(#[from] NoDoor),
    /// No place for key and lock.
    #[error("working folder")]
    Io(#[from] std::io::Error),
}

/// Cuts the power of so many disks, on all processors; every operation of one payment fails too.
pub fn crash_images(images: u64, dir: &Path) -> Result<Result<Tried, String>, SimulationError> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let doors = (0..workers).map(|_| Door::make()).collect::<Result<Vec<_>, _>>()?;
    std::fs::create_dir_all(dir)?;
    Ok(std::thread::scope(|scope| {
        let cut = |(number, door): (u64, Door)| {
            let dir = dir.join(number.to_string());
            // Seeds of one worker are not those of another.
            scope.spawn(move || cut_power(&door, &dir, number << 32, images.div_ceil(workers)))
        };
        let threads: Vec<_> = (0..workers).zip(doors.clone()).map(cut).collect();
        let mut tried = Tried::default();
        for thread in threads {
            tried.add(thread.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        for door in doors.iter().take(1) {
            tried.add(fail_each(door, &dir.join("errors"))?);
        }
        Ok(tried)
    }))
}
