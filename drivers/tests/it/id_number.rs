//! An independent library agrees on what is a citizen number.

use drivers::id_reader::number::is_citizen_number;

/// County codes that were in use for decades.
const COUNTIES: [&str; 6] = ["150202", "150203", "110105", "440308", "330302", "650102"];

/// Every date, real or not, and every check character, right or not, in reach of a fixed seed.
fn numbers(count: usize) -> Vec<String> {
    let mut seed = 0x5EED_1D0C_u64;
    let mut below = move |bound: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % bound
    };
    let mut number = || {
        let county = COUNTIES[below(6) as usize];
        let (year, month, day) = (1900 + below(125), below(14), below(33));
        let body = format!("{county}{year}{month:02}{day:02}{:03}", below(1000));
        // Half of them with the check character that the library wants, if there is one.
        let checks = "0123456789X".chars().map(|check| format!("{body}{check}"));
        let right = checks.clone().find(|number| id_card::validate(number)).filter(|_| below(2) == 0);
        right.unwrap_or_else(|| format!("{body}{}", "0123456789X".chars().nth(below(11) as usize).unwrap()))
    };
    (0..count).map(|_| number()).collect()
}

#[test]
fn an_independent_library_agrees_on_ten_thousand_numbers() {
    let numbers = numbers(10_000);
    let valid = numbers.iter().filter(|number| id_card::validate(number)).count();
    assert!((3_000..7_000).contains(&valid), "one-sided: {valid} valid");
    for number in numbers {
        assert_eq!(is_citizen_number(&number), id_card::validate(&number), "{number}");
    }
}

#[test]
fn an_independent_library_agrees_on_every_changed_digit() {
    let good = "150202196501011239";
    assert!(is_citizen_number(good) && id_card::validate(good));
    for at in 6..good.len() {
        for digit in "0123456789X".chars() {
            let changed: String =
                good.chars().enumerate().map(|(i, c)| if i == at { digit } else { c }).collect();
            // A year outside living memory is a date to one and none to the other.
            if (1850..=2200).contains(&changed[6..10].parse().unwrap_or(1900)) {
                assert_eq!(is_citizen_number(&changed), id_card::validate(&changed), "{changed}");
            }
        }
    }
}
