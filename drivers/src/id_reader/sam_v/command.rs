//! What the host can ask of the SAM (protocols A.3).

use super::codec::frame;

/// A speed that a SAM can be told to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baud {
    /// 115200 bits per second, as delivered.
    B115200,
    /// 57600 bits per second.
    B57600,
    /// 38400 bits per second.
    B38400,
    /// 19200 bits per second.
    B19200,
    /// 9600 bits per second.
    B9600,
}

impl Baud {
    /// All of them, the likeliest first.
    pub const ALL: [Self; 5] = [Self::B115200, Self::B57600, Self::B38400, Self::B19200, Self::B9600];

    /// Bits per second.
    #[must_use]
    pub const fn bits_per_second(self) -> u32 {
        match self {
            Self::B115200 => 115_200,
            Self::B57600 => 57_600,
            Self::B38400 => 38_400,
            Self::B19200 => 19_200,
            Self::B9600 => 9_600,
        }
    }

    /// The speed of so many bits per second, if a SAM knows it.
    #[must_use]
    pub fn of(bits_per_second: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|baud| baud.bits_per_second() == bits_per_second)
    }

    const fn code(self) -> u8 {
        match self {
            Self::B115200 => 0,
            Self::B57600 => 1,
            Self::B38400 => 2,
            Self::B19200 => 3,
            Self::B9600 => 4,
        }
    }
}

/// A command of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Resets the SAM.
    Reset,
    /// Asks whether the SAM works.
    Status,
    /// Asks for the id of the SAM.
    ReadSamId,
    /// Looks for a card.
    FindCard,
    /// Selects the card that was found.
    SelectCard,
    /// Reads text and photo.
    ReadTextPhoto,
    /// Reads the newest address, if the card has one; after a read of the text.
    ReadNewestAddress,
    /// Reads text, photo and fingerprints.
    ReadTextPhotoFingerprint,
    /// Changes the speed of the line; the answer still comes at the old one.
    SetBaud(Baud),
    /// Sets how many bytes a radio frame may have.
    SetMaxRfBytes(u8),
}

impl Command {
    /// Command and parameter byte.
    #[must_use]
    pub const fn code(self) -> [u8; 2] {
        match self {
            Self::Reset => [0x10, 0xFF],
            Self::Status => [0x11, 0xFF],
            Self::ReadSamId => [0x12, 0xFF],
            Self::FindCard => [0x20, 0x01],
            Self::SelectCard => [0x20, 0x02],
            Self::ReadTextPhoto => [0x30, 0x01],
            Self::ReadNewestAddress => [0x30, 0x03],
            Self::ReadTextPhotoFingerprint => [0x30, 0x10],
            Self::SetBaud(baud) => [0x60, baud.code()],
            Self::SetMaxRfBytes(_) => [0x61, 0xFF],
        }
    }

    /// Name for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reset => "SAM reset",
            Self::Status => "SAM status",
            Self::ReadSamId => "SAM id",
            Self::FindCard => "find card",
            Self::SelectCard => "select card",
            Self::ReadTextPhoto | Self::ReadTextPhotoFingerprint => "read card",
            Self::ReadNewestAddress => "read newest address",
            Self::SetBaud(_) => "set baud rate",
            Self::SetMaxRfBytes(_) => "set radio frame length",
        }
    }

    /// Whether the SAM is as it was after a repetition, so that a damaged answer is asked for again. A card
    /// is selected and read only once per find (protocols A.5), and a speed has changed after its command.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        matches!(self, Self::Reset | Self::Status | Self::ReadSamId | Self::FindCard | Self::SetMaxRfBytes(_))
    }

    /// The frame of this command.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let [command, parameter] = self.code();
        match self {
            Self::SetMaxRfBytes(bytes) => frame(&[0x00, 0x04, command, parameter, bytes]),
            _ => frame(&[0x00, 0x03, command, parameter]),
        }
    }
}
