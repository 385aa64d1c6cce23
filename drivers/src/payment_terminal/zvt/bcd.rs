//! Packed decimal digits, two in a byte, the first one high.

/// `value` in `N` bytes; `None` if it has more digits than fit.
pub(super) fn encode<const N: usize>(value: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let mut rest = value;
    for byte in bytes.iter_mut().rev() {
        let pair = u8::try_from(rest % 100).ok()?;
        *byte = pair / 10 * 16 + pair % 10;
        rest /= 100;
    }
    (rest == 0).then_some(bytes)
}

/// The number in `bytes`; `None` for a half byte that is no digit, or more than fits.
pub(super) fn decode(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0_u64, |sum, byte| {
        let (high, low) = (byte >> 4, byte & 15);
        let pair = (high < 10 && low < 10).then(|| u64::from(high) * 10 + u64::from(low))?;
        sum.checked_mul(100)?.checked_add(pair)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_pack_and_unpack() {
        assert_eq!(encode::<6>(11_000), Some([0, 0, 0, 1, 0x10, 0]));
        assert_eq!(encode::<2>(978), Some([0x09, 0x78]));
        assert_eq!(encode::<2>(10_000), None);
        assert_eq!(decode(&[0x12, 0x34]), Some(1234));
        assert_eq!(decode(&[0x1A]), None);
        assert_eq!(decode(&[0x99; 10]), None, "twenty nines are more than fit");
    }
}
