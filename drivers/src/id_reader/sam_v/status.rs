//! SW3, the status byte of every answer (protocols A.4).

/// What an answer says about its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 90.
    Ok,
    /// 9F: a card was found.
    CardFound,
    /// 91: the card has no such item.
    NoSuchItem,
    /// 10: the frame of the host had a wrong checksum.
    HostChecksum,
    /// 11: the frame of the host had a wrong length.
    HostLength,
    /// 21: the SAM does not know this command.
    UnknownCommand,
    /// 23: the SAM may not do this.
    NotPermitted,
    /// 24: the SAM does not know what went wrong.
    UnknownError,
    /// 31: the card did not accept the SAM.
    CardRefusedSam,
    /// 32: the SAM did not accept the card.
    SamRefusedCard,
    /// 33: what the card says does not verify.
    VerificationFailed,
    /// 40: a card of another kind.
    UnsupportedCard,
    /// 41: the card could not be read.
    ReadFailed,
    /// 47: no random number from the card.
    RandomNumberFailed,
    /// 60: the SAM failed its self-test.
    SelfTestFailed,
    /// 66: the SAM is not authorised.
    NotAuthorised,
    /// 80: no card.
    FindFailed,
    /// 81: the card could not be selected.
    SelectFailed,
    /// Not in the table.
    Other(u8),
}

/// The table, both ways.
const TABLE: [(u8, Status); 18] = [
    (0x90, Status::Ok),
    (0x9F, Status::CardFound),
    (0x91, Status::NoSuchItem),
    (0x10, Status::HostChecksum),
    (0x11, Status::HostLength),
    (0x21, Status::UnknownCommand),
    (0x23, Status::NotPermitted),
    (0x24, Status::UnknownError),
    (0x31, Status::CardRefusedSam),
    (0x32, Status::SamRefusedCard),
    (0x33, Status::VerificationFailed),
    (0x40, Status::UnsupportedCard),
    (0x41, Status::ReadFailed),
    (0x47, Status::RandomNumberFailed),
    (0x60, Status::SelfTestFailed),
    (0x66, Status::NotAuthorised),
    (0x80, Status::FindFailed),
    (0x81, Status::SelectFailed),
];

impl From<u8> for Status {
    fn from(sw3: u8) -> Self {
        let known = TABLE.iter().find(|(code, _)| *code == sw3);
        known.map_or(Self::Other(sw3), |(_, status)| *status)
    }
}

impl Status {
    /// The byte.
    #[must_use]
    pub fn sw3(self) -> u8 {
        match self {
            Self::Other(sw3) => sw3,
            known => TABLE.iter().find(|(_, status)| *status == known).map_or(0, |(code, _)| *code),
        }
    }

    /// Whether the frame of the host was damaged on the wire, so that nothing was done.
    #[must_use]
    pub const fn host_frame_damaged(self) -> bool {
        matches!(self, Self::HostChecksum | Self::HostLength)
    }

    /// Whether the SAM cannot do this command at all, rather than not this time.
    #[must_use]
    pub const fn not_offered(self) -> bool {
        matches!(self, Self::UnknownCommand | Self::NotPermitted)
    }

    /// Whether the card did not get through; it helps to lay it again.
    #[must_use]
    pub const fn card_failed(self) -> bool {
        matches!(
            self,
            Self::CardRefusedSam
                | Self::SamRefusedCard
                | Self::VerificationFailed
                | Self::ReadFailed
                | Self::RandomNumberFailed
                | Self::SelectFailed
                | Self::FindFailed
        )
    }
}
