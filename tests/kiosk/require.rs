//! Tests that need something a machine may lack.

use std::sync::Mutex;

use libtest_mimic::{Arguments, Failed, Trial};

/// What was missing, for the summary.
static MISSING: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A test that needs something: ignored with the reason when it is missing, a failure under
/// `LUCHENG_REQUIRE=all`.
pub fn needs(
    name: &str,
    missing: Option<String>,
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let Some(reason) = missing else { return Trial::test(name, test) };
    if std::env::var("LUCHENG_REQUIRE").is_ok_and(|wanted| wanted == "all") {
        let why = format!("{reason}, and LUCHENG_REQUIRE=all wants it");
        return Trial::test(name, move || Err(why.into()));
    }
    if let Ok(mut list) = MISSING.lock() {
        list.push(format!("{name}: {reason}"));
    }
    Trial::test(name, test).with_kind(reason).with_ignored_flag(true)
}

/// Says at the end what was ignored and why.
pub fn summary(arguments: &Arguments) {
    let Ok(list) = MISSING.lock() else { return };
    if !arguments.list && !list.is_empty() {
        println!("{} ignored:", list.len());
        list.iter().for_each(|line| println!("  {line}"));
    }
}
