//! Dots on paper.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Widest picture: 112 mm paper at 203 dpi has 832 dots.
pub const MAX_WIDTH_DOTS: usize = 832;

/// Tallest picture: a slip of the longest kind is [`super::job::MAX_LINES`] lines of 48 dots.
pub const MAX_HEIGHT_DOTS: usize = 48 * super::job::MAX_LINES;

/// A picture that cannot be.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RasterError {
    /// Nothing, or wider or taller than any paper.
    #[error("{width} x {height} dots")]
    Size {
        /// Dots across.
        width: usize,
        /// Dots down.
        height: usize,
    },
    /// The bytes are not as many as the size says.
    #[error("{got} bytes, the size says {wanted}")]
    Bytes {
        /// Bytes given.
        got: usize,
        /// Bytes that the size asks for.
        wanted: usize,
    },
}

/// A picture in one colour: rows from the top, eight dots a byte, the left one in the highest bit; bits
/// beyond the width are white.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Dots", into = "Dots")]
pub struct Raster {
    width: usize,
    bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Dots {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Raster {
    /// White paper.
    ///
    /// # Errors
    /// [`RasterError::Size`].
    pub fn blank(width: usize, height: usize) -> Result<Self, RasterError> {
        if !(1..=MAX_WIDTH_DOTS).contains(&width) || !(1..=MAX_HEIGHT_DOTS).contains(&height) {
            return Err(RasterError::Size { width, height });
        }
        Ok(Self { width, bytes: vec![0; width.div_ceil(8) * height] })
    }

    /// A picture from its bytes.
    ///
    /// # Errors
    /// [`RasterError`].
    pub fn from_bytes(width: usize, height: usize, bytes: &[u8]) -> Result<Self, RasterError> {
        let mut raster = Self::blank(width, height)?;
        if bytes.len() != raster.bytes.len() {
            return Err(RasterError::Bytes { got: bytes.len(), wanted: raster.bytes.len() });
        }
        raster.bytes.copy_from_slice(bytes);
        let spare = 0xFF_u8.checked_shl(u32::try_from(width.div_ceil(8) * 8 - width).unwrap_or(0));
        let row_bytes = raster.row_bytes();
        for row in raster.bytes.chunks_mut(row_bytes) {
            if let Some(last) = row.last_mut() {
                *last &= spare.unwrap_or(0xFF);
            }
        }
        Ok(raster)
    }

    /// Dots across.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Dots down.
    #[must_use]
    pub fn height(&self) -> usize {
        self.bytes.len() / self.row_bytes()
    }

    /// Bytes of one row.
    #[must_use]
    pub fn row_bytes(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// All bytes, row by row.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether there is ink; outside the picture there is none.
    #[must_use]
    pub fn dot(&self, x: usize, y: usize) -> bool {
        let (at, bit) = (self.place(x, y), 0x80 >> (x % 8));
        x < self.width && self.bytes.get(at).is_some_and(|byte| byte & bit != 0)
    }

    /// Puts ink on a dot; outside the picture nothing happens.
    pub fn ink(&mut self, x: usize, y: usize) {
        let (at, bit) = (self.place(x, y), 0x80 >> (x % 8));
        if x < self.width
            && let Some(byte) = self.bytes.get_mut(at)
        {
            *byte |= bit;
        }
    }

    /// Copies the ink of another picture to a place; what does not fit is cut off.
    pub fn stamp(&mut self, other: &Self, left: usize, top: usize) {
        for y in 0..other.height() {
            for x in (0..other.width).filter(|x| other.dot(*x, y)) {
                self.ink(left + x, top + y);
            }
        }
    }

    fn place(&self, x: usize, y: usize) -> usize {
        y.saturating_mul(self.row_bytes()).saturating_add(x / 8)
    }
}

impl TryFrom<Dots> for Raster {
    type Error = RasterError;

    fn try_from(dots: Dots) -> Result<Self, RasterError> {
        Self::from_bytes(dots.width, dots.height, &dots.bytes)
    }
}

impl From<Raster> for Dots {
    fn from(raster: Raster) -> Self {
        Self { width: raster.width, height: raster.height(), bytes: raster.bytes }
    }
}

/// A picture may be of a name: only its size is shown.
impl std::fmt::Debug for Raster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raster({} x {})", self.width, self.height())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_where_they_were_put_and_nowhere_outside() {
        let mut raster = Raster::blank(10, 2).unwrap();
        raster.ink(0, 0);
        raster.ink(9, 1);
        raster.ink(10, 0);
        raster.ink(3, 2);
        assert_eq!(raster.bytes(), [0x80, 0x00, 0x00, 0x40]);
        assert!(raster.dot(9, 1) && !raster.dot(10, 0) && !raster.dot(0, 5));
    }

    #[test]
    fn bits_beyond_the_width_are_white() {
        let raster = Raster::from_bytes(10, 1, &[0xFF, 0xFF]).unwrap();
        assert_eq!(raster.bytes(), [0xFF, 0xC0]);
    }

    #[test]
    fn a_picture_of_no_size_or_of_other_bytes_is_refused() {
        assert!(Raster::blank(0, 1).is_err());
        assert!(Raster::blank(MAX_WIDTH_DOTS + 1, 1).is_err());
        assert!(matches!(Raster::from_bytes(8, 2, &[1]), Err(RasterError::Bytes { got: 1, wanted: 2 })));
    }
}
