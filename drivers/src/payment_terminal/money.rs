//! Amounts on the wire: decimal text in yuan. Integers only; no float comes near money.

/// `11663` fen as `116.63`; negative amounts keep their sign.
#[must_use]
pub fn yuan_text(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// Reads `116.63`, `116.6` or `116` as fen. `None` for anything else, and for more than two decimals.
#[must_use]
pub fn fen_of(text: &str) -> Option<i64> {
    let (yuan, decimals) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(yuan) || !digits(decimals) {
        return None;
    }
    let cents: i64 = match decimals.len() {
        1 => decimals.parse::<i64>().ok()? * 10,
        2 => decimals.parse().ok()?,
        _ => return None,
    };
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_become_yuan_text_and_back() {
        for (fen, text) in
            [(1, "0.01"), (10, "0.10"), (100, "1.00"), (11_663, "116.63"), (i64::MAX, "92233720368547758.07")]
        {
            assert_eq!(yuan_text(fen), text);
            assert_eq!(fen_of(text), Some(fen));
        }
        assert_eq!(yuan_text(-5), "-0.05");
        assert_eq!(fen_of("7"), Some(700));
        assert_eq!(fen_of("7.5"), Some(750));
    }

    #[test]
    fn other_texts_are_no_amount() {
        for bad in
            ["", ".", "1.", ".5", "1.234", "-1.00", "+1.00", "1e2", "1,00", " 1.00", "92233720368547758.08"]
        {
            assert_eq!(fen_of(bad), None, "{bad}");
        }
    }
}
