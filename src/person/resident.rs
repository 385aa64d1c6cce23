//! Who stands before the kiosk, as a chip card says it.

use std::fmt;

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{IdNumber, mask_name};

/// Which card was laid on the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// Resident identity card.
    Resident,
    /// Foreigner's permanent residence card, as issued since 2023.
    Foreigner,
    /// Residence permit for residents of Hong Kong, Macau and Taiwan.
    HongKongMacauTaiwan,
}

/// One person, for the length of a visit. Wiped when dropped, absent from `{:?}`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Person {
    /// Name in full.
    pub name: String,
    /// Number in full.
    pub id_number: IdNumber,
    /// Last day on which the card is valid; none: for ever.
    #[zeroize(skip)]
    pub valid_to: Option<Date>,
    /// Which card it was.
    #[zeroize(skip)]
    pub kind: CardKind,
}

impl Person {
    /// The name as it may be shown.
    #[must_use]
    pub fn masked_name(&self) -> String {
        mask_name(&self.name)
    }

    /// Whether the card is still valid on this day; its last day counts.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_to.is_none_or(|last| day <= last)
    }
}

/// Only the kind of card, which tells nobody who it is.
impl fmt::Debug for Person {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Person").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_person_shows_neither_name_nor_number() {
        let id_number = IdNumber::parse("150202196501011239", date(2026, 11, 24)).unwrap();
        let valid_to = Some(date(2026, 11, 24));
        let person = Person { name: "王建国".into(), id_number, valid_to, kind: CardKind::Resident };
        let shown = format!("{person:?}");
        assert!(!shown.contains('王') && !shown.contains("1502"), "{shown}");
        assert_eq!(person.masked_name(), "王*国");
        assert!(person.is_valid_on(date(2026, 11, 24)) && !person.is_valid_on(date(2026, 11, 25)));
    }
}
