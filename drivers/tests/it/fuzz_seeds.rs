//! The seeds of the fuzz targets through the same functions, on a stable compiler.

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
mod parsers;

#[test]
fn every_seed_of_every_fuzz_target_is_parsed_without_a_panic() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (name, _) in parsers::PARSERS {
        let parse = |bytes: &[u8]| parsers::run(name, bytes);
        let files: Vec<_> =
            fs::read_dir(seeds.join(name)).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(files.len() >= 3, "{name} has {} seeds", files.len());
        for file in files {
            let bytes = fs::read(&file).unwrap();
            parse(&bytes);
            // Cut short and doubled, a seed is another one.
            (0..bytes.len().min(64)).for_each(|end| parse(&bytes[..end]));
            parse(&[bytes.as_slice(), &bytes].concat());
        }
    }
    assert_eq!(fs::read_dir(seeds).unwrap().count(), parsers::PARSERS.len(), "a folder without a target");
}
