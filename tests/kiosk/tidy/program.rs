//! The finished program: what must be installed for it to start.

use std::process::Command;

use libtest_mimic::Trial;

use super::verdict;
use crate::require::needs;

/// The C library and what belongs to it. Everything else is compiled in, or opened when it is there.
const LIBRARIES: [&str; 5] = ["linux-vdso.so", "libc.so", "libm.so", "libgcc_s.so", "ld-linux"];

pub fn trials() -> Vec<Trial> {
    let missing = Command::new("ldd").arg("--version").output().err().map(|_| "no ldd".to_owned());
    vec![
        needs("tidy::the program links only the C library", missing, || {
            let output = Command::new("ldd").arg(env!("CARGO_BIN_EXE_lucheng")).output()?;
            let list = String::from_utf8_lossy(&output.stdout).into_owned();
            if !list.contains("libc.so") {
                return Err(format!("ldd does not name the C library:\n{list}").into());
            }
            verdict(&strangers(&list))
        }),
        Trial::test("tidy::a linked libudev is found", || {
            let list = ["\tlibudev.so.1 => /lib/libudev.so.1 (0x7f)", "\tlibc.so.6 => /lib/libc.so.6 (0x7f)"];
            match strangers(&list.join("\n")).as_slice() {
                [one] if one.contains("libudev") => Ok(()),
                found => Err(format!("{found:?}").into()),
            }
        }),
    ]
}

/// The lines of `ldd` that name something else.
fn strangers(list: &str) -> Vec<String> {
    let named = list.lines().map(str::trim).filter(|line| !line.is_empty());
    named.filter(|line| !LIBRARIES.iter().any(|known| line.contains(known))).map(str::to_owned).collect()
}
