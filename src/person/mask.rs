//! How names, accounts and telephone numbers are shown to whoever may stand behind the resident.

/// Stands for characters left out; always as long, so that it does not tell how many there are.
const GAP: &str = "****";
/// From this length on an account keeps its first four characters.
const LONG: usize = 9;
/// From this length on it keeps its last four, below only two.
const VERY_LONG: usize = 12;

/// Keeps the first character of a name, and of three or more the last: `王*国`, `王*`.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let last = name.chars().count().saturating_sub(1);
    let shown = |at: usize| (at == 0 && last > 0) || (at == last && last > 1);
    name.chars().enumerate().map(|(at, character)| if shown(at) { character } else { '*' }).collect()
}

/// Keeps the ends of an account in groups: `0152 **** 48`, `**** 55`. A mobile number is masked as one.
#[must_use]
pub fn mask_account(account: &str) -> String {
    let characters: Vec<char> = account.chars().filter(|character| !character.is_whitespace()).collect();
    if is_mobile(&characters) {
        return mask_phone(account);
    }
    let (first, last) = match characters.len() {
        0..=3 => (0, 0),
        4..LONG => (0, 2),
        LONG..VERY_LONG => (4, 2),
        _ => (4, 4),
    };
    ends(&characters, first, last, " ")
}

/// Keeps the ends of a mobile number: `138****0001`. Others are masked like accounts.
#[must_use]
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(|character| !character.is_whitespace()).collect();
    if is_mobile(&digits) { ends(&digits, 3, 4, "") } else { mask_account(phone) }
}

/// Puts blanks between groups of the given sizes; the last size goes on. For reading, not masked.
#[must_use]
pub fn group_account(text: &str, grouping: &[u8]) -> String {
    let mut sizes = grouping.iter().copied().filter(|size| *size > 0);
    let Some(mut size) = sizes.next() else { return text.to_owned() };
    let mut grouped = String::new();
    let mut in_group = 0;
    for character in text.chars() {
        if in_group == size {
            grouped.push(' ');
            (size, in_group) = (sizes.next().unwrap_or(size), 0);
        }
        grouped.push(character);
        in_group += 1;
    }
    grouped
}

fn is_mobile(characters: &[char]) -> bool {
    matches!(characters, ['1', '3'..='9', rest @ ..]
        if rest.len() == 9 && rest.iter().all(char::is_ascii_digit))
}

fn ends(characters: &[char], first: usize, last: usize, between: &str) -> String {
    let head: String = characters.iter().take(first).collect();
    let tail: String = characters.iter().skip(characters.len().saturating_sub(last)).collect();
    let parts = [head.as_str(), GAP, tail.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_keeps_its_ends() {
        for (name, masked) in
            [("王建国", "王*国"), ("王芳", "王*"), ("欧阳振华", "欧**华"), ("王", "*"), ("", "")]
        {
            assert_eq!(mask_name(name), masked);
        }
    }

    #[test]
    fn an_account_keeps_its_ends_and_hides_its_length() {
        for (account, masked) in [
            ("0152703648", "0152 **** 48"),
            ("0152 7036 48", "0152 **** 48"),
            ("30124455", "**** 55"),
            ("蒙B12345", "**** 45"),
            ("1502021965010112", "1502 **** 0112"),
            ("123", "****"),
            ("13804720001", "138****0001"),
        ] {
            assert_eq!(mask_account(account), masked);
        }
        assert_eq!(mask_phone("138 0472 0001"), "138****0001");
        assert_eq!(mask_phone("0472-5128888"), "0472 **** 8888");
    }

    #[test]
    fn groups_follow_the_sizes_and_then_the_last() {
        assert_eq!(group_account("0152703648", &[4]), "0152 7036 48");
        assert_eq!(group_account("13804720001", &[3, 4, 4]), "138 0472 0001");
        assert_eq!(group_account("015", &[4]), "015");
        assert_eq!(group_account("0152703648", &[]), "0152703648");
        assert_eq!(group_account("0152703648", &[0]), "0152703648");
    }

    proptest! {
        #[test]
        fn two_characters_or_more_of_an_account_are_always_hidden(account in "[0-9A-Z]{2,24}") {
            let shown = mask_account(&account).chars().filter(|c| *c != '*' && *c != ' ').count();
            prop_assert!(shown + 2 <= account.len());
        }
    }
}
