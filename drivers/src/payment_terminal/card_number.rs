//! What is kept of a card number.

/// First six digits, stars, last four digits. A number of fewer than ten places, or with anything but digits
/// and masking signs in it, is no card number: nothing of it is kept.
#[must_use]
pub fn masked(number: &str) -> Option<String> {
    let places: Vec<char> = number.trim().chars().collect();
    let fits = |c: &char| c.is_ascii_digit() || matches!(c, '*' | 'X' | 'x' | 'E' | 'e');
    if !(10..=24).contains(&places.len()) || !places.iter().all(fits) {
        return None;
    }
    let last = places.len() - 4;
    let mask = |(at, c): (usize, &char)| if at < 6 || at >= last { *c } else { '*' };
    Some(places.iter().enumerate().map(mask).collect())
}

/// The last four digits of a card number, masked or not.
#[must_use]
pub fn last4(number: &str) -> Option<String> {
    let tail = number.trim().get(number.trim().len().checked_sub(4)?..)?;
    tail.bytes().all(|b| b.is_ascii_digit()).then(|| tail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_six_and_last_four_are_kept_and_nothing_else() {
        assert_eq!(masked("6228480402564890018").as_deref(), Some("622848*********0018"));
        assert_eq!(masked("622848******0018").as_deref(), Some("622848******0018"));
        assert_eq!(masked("6228480018").as_deref(), Some("6228480018"));
        for other in ["", "1234", "oX1a9-account", "62284804025648900180000018"] {
            assert_eq!(masked(other), None, "{other}");
        }
    }

    #[test]
    fn the_last_four_are_digits_or_not_said() {
        assert_eq!(last4("622848******0018").as_deref(), Some("0018"));
        assert_eq!(last4("6228**"), None);
        assert_eq!(last4("018"), None);
    }
}
