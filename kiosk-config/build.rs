//! Rebuilds the crate when a data file is added, so that it is embedded without a clean build.

fn main() {
    for folder in ["catalogue", "sites", "hardware", "demo"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
