//! Account numbers, amounts and hours.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::time::Duration;

use kiosk_config::{
    AccountCheck, AccountFault, AccountRule, AmountFault, AmountRule, Catalogue, DayCut, Hours, HoursState,
    Keypad,
};

fn rule(pattern: &str, keypad: Keypad, check: AccountCheck) -> AccountRule {
    AccountRule {
        label: String::new(),
        hint: String::new(),
        keypad,
        pattern: pattern.into(),
        min_len: 15,
        max_len: 19,
        grouping: vec![6, 8, 4],
        check,
        sample: String::new(),
    }
}

fn resident() -> AccountRule {
    rule(r"^\d{17}[\dX]$", Keypad::DigitsX, AccountCheck::ResidentId)
}

#[test]
fn published_identity_numbers_pass_and_a_changed_digit_does_not() {
    for number in [
        "34052419800101001X",
        "11010519491231002X",
        "150202196501011239",
        "15022319920229115X",
        "15020319800101018X",
        "810000199001010019",
        "830000198805120028",
    ] {
        assert!(resident().check(number).is_ok(), "{number}");
    }
    assert_eq!(resident().check("150202196501011238"), Err(AccountFault::BadCheckDigit));
}

#[test]
fn no_single_mistyped_digit_of_an_identity_number_passes() {
    let number = "150202196501011239";
    for place in 0..number.len() {
        for digit in '0'..='9' {
            let mut typed: Vec<char> = number.chars().collect();
            typed[place] = digit;
            let typed: String = typed.into_iter().collect();
            assert_eq!(resident().check(&typed).is_ok(), typed == number, "{typed}");
        }
    }
}

#[test]
fn identity_numbers_are_kept_in_capitals_without_blanks() {
    let account = resident().check(" 150203 19800101 018x ").unwrap();
    assert_eq!(account.as_str(), "15020319800101018X");
    assert_eq!(resident().grouped(account.as_str()), "150203 19800101 018X");
}

#[test]
fn a_birth_date_that_does_not_exist_is_named_before_the_check_digit() {
    for number in ["150202196502301239", "150202196513011239", "150202189901011239"] {
        assert_eq!(resident().check(number), Err(AccountFault::BadDate), "{number}");
    }
    // 29 February exists in 1992 only.
    assert_eq!(resident().check("15022319930229115X"), Err(AccountFault::BadDate));
}

#[test]
fn credit_codes_follow_the_standard_and_not_its_common_misreading() {
    let rule = rule("^[0-9A-Z]{18}$", Keypad::Plate, AccountCheck::CreditCode);
    for code in ["91350100M000100Y43", "91150203MA00000220", "91150203MA0N1QABCY", "52150200MJY100001D"] {
        assert!(rule.check(code).is_ok(), "{code}");
    }
    for code in ["91350100M000100Y4Z", "9135010OM000100Y43"] {
        assert_eq!(rule.check(code), Err(AccountFault::BadCheckDigit), "{code}");
    }
}

#[test]
fn bank_cards_follow_luhn() {
    let rule = rule(r"^\d{16,19}$", Keypad::Digits, AccountCheck::Luhn);
    for card in ["6228480012345678903", "6217001234567890122", "6230520012345678901"] {
        assert!(rule.check(card).is_ok(), "{card}");
    }
    assert_eq!(rule.check("6228480012345678904"), Err(AccountFault::BadCheckDigit));
}

#[test]
fn a_wrong_number_says_what_is_wrong_with_it() {
    let catalogue = Catalogue::embedded();
    let check = |code: &str, text: &str| catalogue.fee(code).unwrap().account.check(text).err();
    assert_eq!(check("BT-E01", "010123456"), Some(AccountFault::TooShort { min: 10 }));
    assert_eq!(check("BT-E01", "01012345678901"), Some(AccountFault::TooLong { max: 13 }));
    assert_eq!(check("BT-E01", "01012A4567890"), Some(AccountFault::BadCharacter));
    assert_eq!(check("BT-P01", "12847200001"), Some(AccountFault::BadShape));
    assert_eq!(check("BT-B03", "京A12345"), Some(AccountFault::BadShape));
    assert_eq!(check("BT-B03", "蒙b·12345"), Some(AccountFault::BadCharacter));
    assert_eq!(check("BT-B03", "蒙b 12345"), None);
}

#[test]
fn ten_kilobytes_from_a_scanner_are_only_too_long() {
    let rule = Catalogue::embedded().fee("BT-N01").unwrap().account.clone();
    assert_eq!(rule.check(&"7".repeat(10_000)), Err(AccountFault::TooLong { max: 20 }));
    assert_eq!(rule.check(&"\u{1b}@".repeat(5_000)), Err(AccountFault::BadCharacter));
}

#[test]
fn a_number_in_a_log_shows_its_last_four_only() {
    let account = resident().check("150202196501011239").unwrap();
    assert_eq!(format!("{account:?}"), "Account(…1239)");
}

#[test]
fn an_amount_is_refused_for_the_first_rule_it_breaks() {
    let rule = AmountRule {
        min_fen: 1000,
        max_fen: 50_000,
        step_fen: 1000,
        choices_fen: vec![1000, 2000],
        choices_only: false,
    };
    assert_eq!(rule.check(2000), Ok(()));
    assert_eq!(rule.check(0), Err(AmountFault::ZeroOrNegative));
    assert_eq!(rule.check(i64::MIN), Err(AmountFault::ZeroOrNegative));
    assert_eq!(rule.check(999), Err(AmountFault::BelowMin { min_fen: 1000 }));
    assert_eq!(rule.check(i64::MAX), Err(AmountFault::AboveMax { max_fen: 50_000 }));
    assert_eq!(rule.check(1500), Err(AmountFault::NotOnStep { step_fen: 1000 }));
    assert_eq!(rule.check(3000), Ok(()));
    let offered = AmountRule { choices_only: true, ..rule };
    assert_eq!(offered.check(3000), Err(AmountFault::NotOffered));
}

fn at(hours: Hours, time: &str) -> HoursState {
    // A terminal's time-out of 120 s and the 60 s beside it.
    hours.state_at(time.parse().unwrap(), Duration::from_secs(180))
}

#[test]
fn no_charge_starts_that_could_fall_into_the_day_cut() {
    let hours = Hours::default();
    let cut = HoursState::DayCut { until: "00:30".parse().unwrap() };
    assert_eq!(at(hours, "23:27:00"), HoursState::Open);
    assert_eq!(at(hours, "23:27:01"), cut);
    assert_eq!(at(hours, "23:40:00"), cut);
    assert_eq!(at(hours, "00:29:59"), cut);
    assert_eq!(at(hours, "00:30:00"), HoursState::Open);
}

#[test]
fn a_biller_with_office_hours_says_when_it_opens() {
    let (open, close) = ("09:00".parse().unwrap(), "17:00".parse().unwrap());
    let hours = Hours { open, close, day_cut: None };
    let closed = HoursState::ClosedUntil(open);
    assert_eq!(at(hours, "08:59:59"), closed);
    assert_eq!(at(hours, "09:00:00"), HoursState::Open);
    assert_eq!(at(hours, "16:57:00"), HoursState::Open);
    assert_eq!(at(hours, "16:57:01"), closed);
}

#[test]
fn a_biller_round_the_clock_without_a_cut_is_always_open() {
    let midnight = "00:00".parse().unwrap();
    let hours = Hours { open: midnight, close: midnight, day_cut: None };
    for time in ["00:00", "12:00", "23:59:59"] {
        assert_eq!(at(hours, time), HoursState::Open, "{time}");
    }
}

#[test]
fn a_day_cut_that_does_not_span_midnight_leaves_the_rest_of_the_day_open() {
    let cut = DayCut { from: "01:00".parse().unwrap(), until: "02:00".parse().unwrap() };
    let hours = Hours { day_cut: Some(cut), ..Hours::default() };
    assert_eq!(at(hours, "00:56:59"), HoursState::Open);
    assert_eq!(at(hours, "00:58:00"), HoursState::DayCut { until: cut.until });
    assert_eq!(at(hours, "02:00:00"), HoursState::Open);
}
