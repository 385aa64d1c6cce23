//! What a card says, checked field by field. A card is whole or it is an error.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::number;
use super::opaque::OpaqueBytes;
use crate::date::Date;

/// The four kinds of card that share one text block (protocols A.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
#[serde(rename_all = "kebab-case")]
pub enum CardKind {
    /// Resident ID card.
    Resident,
    /// Residence permit for Hong Kong, Macau and Taiwan residents (flag J).
    HongKongMacauTaiwan,
    /// Foreigner's permanent residence card, issue of 2017 (flag I).
    Foreigner2017,
    /// Foreigner's permanent residence card, issue of 2023 (flag Y).
    Foreigner2023,
}

/// Sex after GB/T 2261.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Code 0.
    Unknown,
    /// Code 1.
    Male,
    /// Code 2.
    Female,
    /// Code 9.
    NotStated,
}

/// The end of validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(rename_all = "kebab-case")]
pub enum ValidTo {
    /// The last day.
    Date(Date),
    /// Valid for life.
    LongTerm,
}

/// One card, whole and plausible. Debug is redacted; memory is zeroised on drop.
///
/// An absent field is an empty text. It is not `Serialize` on purpose: whoever wants to store personal data
/// must pick the fields.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct IdCard {
    /// Which document it is.
    pub kind: CardKind,
    /// Name in Chinese; may be empty on a foreigner's card without one.
    pub name: String,
    /// Name in Latin letters; only on foreigners' cards.
    pub latin_name: String,
    /// Sex.
    pub sex: Sex,
    /// Nation code of GB/T 3304, `01`..`56`, `97`, `98`; only on resident cards.
    pub nation: String,
    /// Nationality, three letters (GB/T 2659); only on foreigners' cards.
    pub nationality: String,
    /// Birth date.
    pub birth: Date,
    /// Address as printed; not on foreigners' cards.
    pub address: String,
    /// Address written to the card after it was issued; empty if there is none or the reader cannot tell.
    pub newest_address: String,
    /// Number: 18 characters with a check character, on cards of 2017 for foreigners 15 characters.
    pub number: String,
    /// Issuing authority; on cards of 2017 for foreigners its code.
    pub authority: String,
    /// First day of validity.
    pub valid_from: Date,
    /// Last day of validity.
    pub valid_to: ValidTo,
    /// Number of the travel permit; only for Hong Kong, Macau and Taiwan residents.
    pub pass_number: String,
    /// How often it was issued, as on the card; not on resident cards.
    pub issue_count: String,
    /// The photo, undecoded, about 1 kB.
    pub photo: OpaqueBytes,
    /// Up to two fingerprints, undecoded; empty if the card has none or nobody asked.
    pub fingerprints: OpaqueBytes,
}

/// A frame was whole, but its fields cannot be those of a card. Fields are named, never quoted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CardError {
    /// The lengths of the blocks do not add up.
    #[error("block lengths do not add up")]
    Blocks,
    /// The type flag names no known kind.
    #[error("unknown kind of card")]
    UnknownKind,
    /// A field is not text, or holds control characters.
    #[error("field {0} is not text")]
    NotText(&'static str),
    /// A field that must be there is empty.
    #[error("field {0} is empty")]
    Empty(&'static str),
    /// A field has a value that its code table does not have.
    #[error("field {0} has no known value")]
    NoSuchCode(&'static str),
    /// A field is not a date.
    #[error("field {0} is not a date")]
    NotADate(&'static str),
    /// The number has a wrong shape or check character.
    #[error("the number is wrong")]
    Number,
    /// The number holds another birth date than the card.
    #[error("number and birth date differ")]
    BirthDiffers,
    /// Validity ends before it begins.
    #[error("validity ends before it begins")]
    Validity,
}

impl IdCard {
    /// Where the person lives now: the newest address, or else the printed one.
    #[must_use]
    pub fn current_address(&self) -> &str {
        if self.newest_address.is_empty() { &self.address } else { &self.newest_address }
    }

    /// Checks what the fields promise one another.
    ///
    /// # Errors
    /// The first [`CardError`] found.
    pub fn validate(&self) -> Result<(), CardError> {
        self.validate_names()?;
        self.validate_number()?;
        match self.valid_to {
            ValidTo::Date(end) if end < self.valid_from => Err(CardError::Validity),
            _ => Ok(()),
        }
    }

    fn validate_names(&self) -> Result<(), CardError> {
        let foreign = matches!(self.kind, CardKind::Foreigner2017 | CardKind::Foreigner2023);
        let named = !self.name.is_empty() || (foreign && !self.latin_name.is_empty());
        if !named {
            return Err(CardError::Empty("name"));
        }
        if !foreign && self.authority.is_empty() {
            return Err(CardError::Empty("authority"));
        }
        if self.kind == CardKind::Resident && !nation_known(&self.nation) {
            return Err(CardError::NoSuchCode("nation"));
        }
        Ok(())
    }

    fn validate_number(&self) -> Result<(), CardError> {
        let ok = match self.kind {
            CardKind::Foreigner2017 => {
                self.number.len() == 15
                    && self.number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            }
            CardKind::Foreigner2023 => self.number.starts_with('9') && number::check_digit_ok(&self.number),
            CardKind::HongKongMacauTaiwan => {
                ["81", "82", "83"].iter().any(|p| self.number.starts_with(p))
                    && number::check_digit_ok(&self.number)
            }
            CardKind::Resident => number::is_citizen_number(&self.number),
        };
        if !ok {
            return Err(CardError::Number);
        }
        let holds_birth = matches!(self.kind, CardKind::Resident | CardKind::HongKongMacauTaiwan);
        if holds_birth && number::birth_of(&self.number) != Some(self.birth) {
            return Err(CardError::BirthDiffers);
        }
        Ok(())
    }
}

/// Codes of GB/T 3304 that cards carry (protocols A.6).
fn nation_known(code: &str) -> bool {
    code.len() == 2 && matches!(code.parse::<u8>(), Ok(1..=56 | 97 | 98))
}

impl fmt::Debug for IdCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdCard").field("kind", &self.kind).field("photo", &self.photo).finish_non_exhaustive()
    }
}
