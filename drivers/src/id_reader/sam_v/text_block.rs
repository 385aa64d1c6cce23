//! The text block of a card: 256 bytes of UTF-16LE, padded with spaces, in four layouts (protocols A.6).
//!
//! The flag at offset 248 alone decides on the layout; names and numbers never do.

use zeroize::Zeroizing;

use crate::date::Date;
use crate::id_reader::card::{CardError, CardKind, IdCard, Sex, ValidTo};
use crate::id_reader::opaque::OpaqueBytes;

/// Length of the text block.
pub const TEXT_BYTES: usize = 256;

/// Longest photo block.
pub const PHOTO_BYTES: usize = 1024;

/// Longest fingerprint block: two fingers.
pub const FINGERPRINT_BYTES: usize = 1024;

/// Length of the newest address: 35 characters, without a length word (protocols M).
pub const ADDRESS_BYTES: usize = 70;

/// Offset of the type flag.
const FLAG_AT: usize = 248;

/// The validity text of a card without an end, in UTF-16 code units.
const LONG_TERM: [u16; 2] = [0x957F, 0x671F];

/// Reads the data of a "read card" reply: block lengths (big-endian), then the blocks.
///
/// # Errors
/// [`CardError`] for lengths that do not add up, and for any field that cannot be; never half a card.
pub fn decode_card(data: &[u8], with_fingerprint: bool) -> Result<IdCard, CardError> {
    let (text_len, rest) = block_len(data)?;
    let (photo_len, rest) = block_len(rest)?;
    let (finger_len, rest) = if with_fingerprint { block_len(rest)? } else { (0, rest) };
    let fits = text_len == TEXT_BYTES && photo_len <= PHOTO_BYTES && finger_len <= FINGERPRINT_BYTES;
    if !fits || rest.len() != text_len + photo_len + finger_len {
        return Err(CardError::Blocks);
    }
    let (text, rest) = rest.split_at_checked(text_len).ok_or(CardError::Blocks)?;
    let (photo, fingerprints) = rest.split_at_checked(photo_len).ok_or(CardError::Blocks)?;
    let mut card = decode_text(text)?;
    card.photo = OpaqueBytes::new(photo.to_vec());
    card.fingerprints = OpaqueBytes::new(fingerprints.to_vec());
    Ok(card)
}

/// Reads the data of a "newest address" reply; an address of blanks is none.
///
/// # Errors
/// [`CardError::Blocks`] unless 70 bytes, [`CardError::NotText`].
pub fn decode_newest_address(data: &[u8]) -> Result<Zeroizing<String>, CardError> {
    if data.len() != ADDRESS_BYTES {
        return Err(CardError::Blocks);
    }
    text(data, "newest-address", 0, ADDRESS_BYTES).map(Zeroizing::new)
}

fn block_len(data: &[u8]) -> Result<(usize, &[u8]), CardError> {
    match data {
        [high, low, rest @ ..] => Ok((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        _ => Err(CardError::Blocks),
    }
}

/// Reads the 256 bytes of text.
///
/// # Errors
/// [`CardError`] of the first field that cannot be.
pub fn decode_text(block: &[u8]) -> Result<IdCard, CardError> {
    if block.len() != TEXT_BYTES {
        return Err(CardError::Blocks);
    }
    let card = match raw_text(block, "kind", FLAG_AT, 2)?.as_str() {
        " " => resident(block),
        "J" => hong_kong_macau_taiwan(block),
        "I" => foreigner_2017(block),
        "Y" => foreigner_2023(block),
        _ => Err(CardError::UnknownKind),
    }?;
    card.validate()?;
    Ok(card)
}

/// A card whose texts are still empty. They are filled one by one into a value that is zeroised on drop, so
/// that a card with one absurd field leaves nothing behind.
fn begin(block: &[u8], kind: CardKind, sex_at: usize, birth_at: usize) -> Result<IdCard, CardError> {
    Ok(IdCard {
        kind,
        name: String::new(),
        latin_name: String::new(),
        sex: sex(block, sex_at)?,
        nation: String::new(),
        nationality: String::new(),
        birth: date(block, "birth", birth_at)?,
        address: String::new(),
        newest_address: String::new(),
        number: String::new(),
        authority: String::new(),
        valid_from: date(block, "valid-from", 188)?,
        valid_to: valid_to(block, 204)?,
        pass_number: String::new(),
        issue_count: String::new(),
        photo: OpaqueBytes::default(),
        fingerprints: OpaqueBytes::default(),
    })
}

fn resident(block: &[u8]) -> Result<IdCard, CardError> {
    let mut card = begin(block, CardKind::Resident, 30, 36)?;
    fill_chinese(&mut card, block)?;
    card.nation = text(block, "nation", 32, 4)?;
    Ok(card)
}

/// The fields at the same places on cards of residents and of Hong Kong, Macau and Taiwan residents.
fn fill_chinese(card: &mut IdCard, block: &[u8]) -> Result<(), CardError> {
    card.name = text(block, "name", 0, 30)?;
    card.address = text(block, "address", 52, 70)?;
    card.number = text(block, "number", 122, 36)?;
    card.authority = text(block, "authority", 158, 30)?;
    Ok(())
}

fn hong_kong_macau_taiwan(block: &[u8]) -> Result<IdCard, CardError> {
    // The nation field is reserved here and not read.
    let mut card = begin(block, CardKind::HongKongMacauTaiwan, 30, 36)?;
    fill_chinese(&mut card, block)?;
    card.pass_number = text(block, "pass-number", 220, 18)?;
    card.issue_count = text(block, "issue-count", 238, 4)?;
    Ok(card)
}

fn foreigner_2017(block: &[u8]) -> Result<IdCard, CardError> {
    let mut card = begin(block, CardKind::Foreigner2017, 120, 220)?;
    card.latin_name = text(block, "latin-name", 0, 120)?;
    card.number = text(block, "number", 122, 30)?;
    card.nationality = text(block, "nationality", 152, 6)?;
    card.name = text(block, "name", 158, 30)?;
    card.issue_count = text(block, "version", 236, 4)?;
    card.authority = text(block, "authority", 240, 8)?;
    Ok(card)
}

fn foreigner_2023(block: &[u8]) -> Result<IdCard, CardError> {
    let mut card = begin(block, CardKind::Foreigner2023, 30, 36)?;
    card.name = text(block, "name", 0, 30)?;
    card.issue_count = text(block, "renewals", 32, 4)?;
    card.latin_name = long_latin_name(block)?;
    card.number = text(block, "number", 122, 36)?;
    card.nationality = text(block, "nationality", 242, 6)?;
    Ok(card)
}

/// A long Latin name goes on in a second field, so its padding must stay until both are joined.
fn long_latin_name(block: &[u8]) -> Result<String, CardError> {
    let first = raw_text(block, "latin-name", 52, 70)?;
    let second = raw_text(block, "latin-name", 220, 22)?;
    let joined = Zeroizing::new([first.as_str(), second.as_str()].concat());
    Ok(joined.trim_end_matches(' ').to_owned())
}

/// A field without its padding.
fn text(block: &[u8], field: &'static str, at: usize, len: usize) -> Result<String, CardError> {
    Ok(raw_text(block, field, at, len)?.trim_end_matches(' ').to_owned())
}

fn raw_text(
    block: &[u8],
    field: &'static str,
    at: usize,
    len: usize,
) -> Result<Zeroizing<String>, CardError> {
    let bytes = block.get(at..at + len).ok_or(CardError::Blocks)?;
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    // Three bytes of UTF-8 per unit at most, so that the text never moves while it grows.
    let mut out = Zeroizing::new(String::with_capacity(len / 2 * 3));
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(c) if !c.is_control() => out.push(c),
            _ => return Err(CardError::NotText(field)),
        }
    }
    Ok(out)
}

fn sex(block: &[u8], at: usize) -> Result<Sex, CardError> {
    match raw_text(block, "sex", at, 2)?.as_str() {
        "0" => Ok(Sex::Unknown),
        "1" => Ok(Sex::Male),
        "2" => Ok(Sex::Female),
        "9" => Ok(Sex::NotStated),
        _ => Err(CardError::NoSuchCode("sex")),
    }
}

fn date(block: &[u8], field: &'static str, at: usize) -> Result<Date, CardError> {
    Date::from_digits(&raw_text(block, field, at, 16)?).ok_or(CardError::NotADate(field))
}

fn valid_to(block: &[u8], at: usize) -> Result<ValidTo, CardError> {
    let raw = raw_text(block, "valid-to", at, 16)?;
    if raw.trim_end_matches(' ').encode_utf16().eq(LONG_TERM) {
        return Ok(ValidTo::LongTerm);
    }
    Date::from_digits(&raw).map(ValidTo::Date).ok_or(CardError::NotADate("valid-to"))
}
