//! Amounts in the words that banks accept, which cannot be altered by adding a stroke.
//!
//! 《支付结算办法》 leaves some zeros to the writer. Here: nothing closes a number of jiao; a zero stands before
//! jiao when the yuan end in zero, and before a group of four digits that does not fill its thousands.

use super::Fen;

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
/// Units inside a group of four digits, highest first.
const PLACES: [(u64, &str); 4] = [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")];
/// Units of the groups, highest first; a number of fen never needs more.
const GROUPS: [(u64, &str); 4] = [(1_000_000_000_000, "万亿"), (100_000_000, "亿"), (10_000, "万"), (1, "")];

/// The amount in words, such as 人民币叁佰贰拾伍元零肆分.
#[must_use]
pub fn capitals(amount: Fen) -> String {
    let sign = if amount.get() < 0 { "负" } else { "" };
    format!("人民币{sign}{}", in_words(amount.get().unsigned_abs()))
}

fn in_words(fen: u64) -> String {
    let (yuan, jiao, cent) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut words = String::new();
    if yuan > 0 || fen == 0 {
        words += &whole(yuan);
        words += "元";
    }
    let round = fen.is_multiple_of(100);
    if yuan > 0 && !round && (jiao == 0 || yuan.is_multiple_of(10)) {
        words += digit(0);
    }
    for (count, unit) in [(jiao, "角"), (cent, "分")].into_iter().filter(|(count, _)| *count > 0) {
        words += digit(count);
        words += unit;
    }
    words + if round { "整" } else { "" }
}

fn whole(yuan: u64) -> String {
    if yuan == 0 {
        return digit(0).to_owned();
    }
    let mut words = String::new();
    let mut gap = false;
    for (size, unit) in GROUPS {
        let group = yuan / size % 10_000;
        if group > 0 {
            gap |= group < 1_000;
            words += if gap && !words.is_empty() { digit(0) } else { "" };
            words += &four_digits(group);
            words += unit;
        }
        gap = group == 0;
    }
    words
}

fn four_digits(group: u64) -> String {
    let mut words = String::new();
    let mut gap = false;
    for (size, unit) in PLACES {
        let count = group / size % 10;
        if count > 0 {
            words += if gap && !words.is_empty() { digit(0) } else { "" };
            words += digit(count);
            words += unit;
        }
        gap = count == 0;
    }
    words
}

fn digit(count: u64) -> &'static str {
    usize::try_from(count).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads the words back, knowing nothing but the size of each character.
    fn read(words: &str) -> u64 {
        let (mut sum, mut group, mut count) = (0, 0, 0);
        for character in words.chars() {
            match character {
                '仟' | '佰' | '拾' => {
                    let size = PLACES.iter().find(|(_, unit)| unit.starts_with(character)).unwrap().0;
                    group += count * size;
                    count = 0;
                }
                '亿' => (sum, group, count) = ((sum + group + count) * 100_000_000, 0, 0),
                '万' => (sum, group, count) = (sum + (group + count) * 10_000, 0, 0),
                '元' => (sum, group, count) = ((sum + group + count) * 100, 0, 0),
                '角' => (sum, count) = (sum + count * 10, 0),
                '分' => (sum, count) = (sum + count, 0),
                '整' => {}
                _ => {
                    count = DIGITS.iter().position(|digit| digit.starts_with(character)).unwrap() as u64;
                }
            }
        }
        sum
    }

    #[test]
    fn the_published_examples_come_out_in_their_first_form() {
        for (fen, words) in [
            (0, "零元整"),
            (1, "壹分"),
            (10, "壹角"),
            (99, "玖角玖分"),
            (100, "壹元整"),
            (1_000, "壹拾元整"),
            (1_005, "壹拾元零伍分"),
            (1_010, "壹拾元零壹角"),
            (10_000, "壹佰元整"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (140_950, "壹仟肆佰零玖元伍角"),
            (168_032, "壹仟陆佰捌拾元零叁角贰分"),
            (600_714, "陆仟零柒元壹角肆分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (237_464, "贰仟叁佰柒拾肆元陆角肆分"),
            (231_040, "贰仟叁佰壹拾元零肆角"),
            (10_500_000, "壹拾万伍仟元整"),
            (10_700_053, "壹拾万柒仟元零伍角叁分"),
            (20_030_000, "贰拾万零叁佰元整"),
            (100_000_000, "壹佰万元整"),
            (1_000_000_001, "壹仟万元零壹分"),
            (2_612_100_000, "贰仟陆佰壹拾贰万壹仟元整"),
            (10_001_000_100, "壹亿零壹万零壹元整"),
            (123_456_789_012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元零壹角贰分"),
        ] {
            assert_eq!(in_words(fen), words, "{fen}");
        }
        assert_eq!(capitals(Fen::new(11_663).unwrap()), "人民币壹佰壹拾陆元陆角叁分");
    }

    proptest! {
        #[test]
        fn the_words_read_back_as_the_amount_so_no_two_amounts_share_them(fen in 0..=99_999_999_999_u64) {
            prop_assert_eq!(read(&in_words(fen)), fen);
        }

        #[test]
        fn zeros_never_stand_twice_or_before_a_unit(fen in 1..=99_999_999_999_u64) {
            let words = in_words(fen);
            for wrong in ["零零", "零万", "零亿", "零元", "零角", "零分", "零整"] {
                prop_assert!(!words.contains(wrong), "{}", words);
            }
        }
    }
}
