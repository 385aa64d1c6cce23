//! A bounded run.

use super::crash_images;

#[test]
fn five_thousand_crash_images_and_every_single_error_lose_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let tried = crash_images(5_000, dir.path()).unwrap().unwrap();
    assert!(tried.images >= 5_000 && tried.torn > 1_000 && tried.errors > 50, "{tried:?}");
}
