//! The text block of a card: 256 bytes of UTF-16LE, padded with spaces, in four layouts (protocols A.6).
//!
//! The flag at offset 248 alone decides on the layout; names and numbers never do.

use zeroize::Zeroizing;

use crate::date::Date;
use crate::id_reader::card::{CardError, CardKind, IdCard, Photo, Sex, ValidTo};

/// Length of the text block.
pub const TEXT_BYTES: usize = 256;

/// Longest photo block.
pub const PHOTO_BYTES: usize = 1024;

/// Longest fingerprint block: two fingers.
pub const FINGERPRINT_BYTES: usize = 1024;

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
    let text = rest.get(..text_len).ok_or(CardError::Blocks)?;
    let photo = rest.get(text_len..text_len + photo_len).ok_or(CardError::Blocks)?;
    decode_text(text, Photo::new(photo.to_vec()))
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
pub fn decode_text(block: &[u8], photo: Photo) -> Result<IdCard, CardError> {
    if block.len() != TEXT_BYTES {
        return Err(CardError::Blocks);
    }
    let card = match raw_text(block, "kind", FLAG_AT, 2)?.as_str() {
        " " => resident(block, photo),
        "J" => hong_kong_macau_taiwan(block, photo),
        "I" => foreigner_2017(block, photo),
        "Y" => foreigner_2023(block, photo),
        _ => Err(CardError::UnknownKind),
    }?;
    card.validate()?;
    Ok(card)
}

fn resident(block: &[u8], photo: Photo) -> Result<IdCard, CardError> {
    Ok(IdCard {
        kind: CardKind::Resident,
        name: text(block, "name", 0, 30)?,
        latin_name: String::new(),
        sex: sex(block, 30)?,
        nation: text(block, "nation", 32, 4)?,
        nationality: String::new(),
        birth: date(block, "birth", 36)?,
        address: text(block, "address", 52, 70)?,
        number: text(block, "number", 122, 36)?,
        authority: text(block, "authority", 158, 30)?,
        valid_from: date(block, "valid-from", 188)?,
        valid_to: valid_to(block, 204)?,
        pass_number: String::new(),
        issue_count: String::new(),
        photo,
    })
}

fn hong_kong_macau_taiwan(block: &[u8], photo: Photo) -> Result<IdCard, CardError> {
    // The nation field is reserved here and not read.
    Ok(IdCard {
        kind: CardKind::HongKongMacauTaiwan,
        name: text(block, "name", 0, 30)?,
        latin_name: String::new(),
        sex: sex(block, 30)?,
        nation: String::new(),
        nationality: String::new(),
        birth: date(block, "birth", 36)?,
        address: text(block, "address", 52, 70)?,
        number: text(block, "number", 122, 36)?,
        authority: text(block, "authority", 158, 30)?,
        valid_from: date(block, "valid-from", 188)?,
        valid_to: valid_to(block, 204)?,
        pass_number: text(block, "pass-number", 220, 18)?,
        issue_count: text(block, "issue-count", 238, 4)?,
        photo,
    })
}

fn foreigner_2017(block: &[u8], photo: Photo) -> Result<IdCard, CardError> {
    Ok(IdCard {
        kind: CardKind::Foreigner2017,
        name: text(block, "name", 158, 30)?,
        latin_name: text(block, "latin-name", 0, 120)?,
        sex: sex(block, 120)?,
        nation: String::new(),
        nationality: text(block, "nationality", 152, 6)?,
        birth: date(block, "birth", 220)?,
        address: String::new(),
        number: text(block, "number", 122, 30)?,
        authority: text(block, "authority", 240, 8)?,
        valid_from: date(block, "valid-from", 188)?,
        valid_to: valid_to(block, 204)?,
        pass_number: String::new(),
        issue_count: text(block, "version", 236, 4)?,
        photo,
    })
}

fn foreigner_2023(block: &[u8], photo: Photo) -> Result<IdCard, CardError> {
    // A long Latin name goes on in a second field, so its padding must stay until both are joined.
    let first = raw_text(block, "latin-name", 52, 70)?;
    let second = raw_text(block, "latin-name", 220, 22)?;
    let joined = Zeroizing::new([first.as_str(), second.as_str()].concat());
    Ok(IdCard {
        kind: CardKind::Foreigner2023,
        name: text(block, "name", 0, 30)?,
        latin_name: joined.trim_end_matches(' ').to_owned(),
        sex: sex(block, 30)?,
        nation: String::new(),
        nationality: text(block, "nationality", 242, 6)?,
        birth: date(block, "birth", 36)?,
        address: String::new(),
        number: text(block, "number", 122, 36)?,
        authority: String::new(),
        valid_from: date(block, "valid-from", 188)?,
        valid_to: valid_to(block, 204)?,
        pass_number: String::new(),
        issue_count: text(block, "renewals", 32, 4)?,
        photo,
    })
}

/// A field without its padding.
fn text(block: &[u8], field: &'static str, at: usize, len: usize) -> Result<String, CardError> {
    Ok(raw_text(block, field, at, len)?.trim_end_matches(' ').to_owned())
}

fn raw_text(block: &[u8], field: &'static str, at: usize, len: usize) -> Result<Zeroizing<String>, CardError> {
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
