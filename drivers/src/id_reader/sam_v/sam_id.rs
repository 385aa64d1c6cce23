//! The id of the SAM inside a reader (protocols A.4): it names the device, not a person.

use std::fmt;

/// Bytes of an id.
const BYTES: usize = 16;

/// Who the SAM is; shown as it is printed on the reader's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SamId {
    version: u16,
    kind: u16,
    date: u32,
    serial: u32,
    suffix: u32,
}

impl SamId {
    /// Reads the data of an answer to [`super::codec::Command::ReadSamId`]; `None` unless 16 bytes.
    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Self> {
        let data: &[u8; BYTES] = data.try_into().ok()?;
        let [v0, v1, k0, k1, d0, d1, d2, d3, s0, s1, s2, s3, e0, e1, e2, e3] = *data;
        Some(Self {
            version: u16::from_le_bytes([v0, v1]),
            kind: u16::from_le_bytes([k0, k1]),
            date: u32::from_le_bytes([d0, d1, d2, d3]),
            serial: u32::from_le_bytes([s0, s1, s2, s3]),
            suffix: u32::from_le_bytes([e0, e1, e2, e3]),
        })
    }
}

impl fmt::Display for SamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, kind, date, serial, suffix } = self;
        write!(f, "{version:02}.{kind:02}-{date:08}-{serial:010}-{suffix:010}")
    }
}
