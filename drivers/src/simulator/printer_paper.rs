//! The head and the paper of the simulated printer: ESC/POS commands become lines (protocols B.1, B.3, B.4).

use encoding_rs::GB18030;
use serde::Serialize;

use crate::receipt_printer::Align;
use crate::receipt_printer::Raster;

/// Dots from one line to the next.
pub(super) const LINE_DOTS: usize = 30;

/// One line on paper.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PrintedLine {
    /// What it says.
    pub text: String,
    /// Bold.
    pub bold: bool,
    /// Double size.
    pub double: bool,
    /// Where it stands.
    pub align: Align,
    /// The content of a QR code, in place of text.
    pub qr: Option<String>,
    /// Dots of a module of the QR code.
    pub qr_module: u8,
    /// A picture, in place of text.
    pub picture: Option<Raster>,
}

impl PrintedLine {
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty() && self.qr.is_none() && self.picture.is_none()
    }
}

/// A slip names people: only its size is shown.
impl std::fmt::Debug for PrintedLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrintedLine({} characters)", self.text.chars().count())
    }
}

/// One piece of paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrintedSlip {
    /// Its lines, from top to bottom.
    pub lines: Vec<PrintedLine>,
    /// Whether it was cut. A slip that the end of the paper tore, or that is still in the printer, is not.
    pub complete: bool,
}

/// What a command asks of the rest of the printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing but a change of style.
    None,
    /// Paper moved by so many lines.
    Moved(usize),
    /// The paper was cut.
    Cut,
    /// Bytes for the host, once the lines before are on paper.
    Answer(Vec<u8>),
    /// GS r 1.
    AskPaper,
    /// GS a.
    AutoStatus(bool),
    /// Not a known command.
    Unknown([u8; 2]),
}

#[derive(Debug)]
pub(super) struct Head {
    chinese: bool,
    bold: bool,
    double_byte: bool,
    double_all: bool,
    align: Align,
    text: Vec<u8>,
    qr: Vec<u8>,
    qr_module: u8,
    /// Lines of the slip in the printer.
    pub(super) lines: Vec<PrintedLine>,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            chinese: true,
            bold: false,
            double_byte: false,
            double_all: false,
            align: Align::Left,
            text: Vec::new(),
            qr: Vec::new(),
            qr_module: 3,
            lines: Vec::new(),
        }
    }
}

impl Head {
    /// Takes one command or character from the front of the buffer; `None` if it is not whole yet.
    pub(super) fn step(&mut self, buffer: &[u8]) -> Option<(usize, Effect)> {
        let (&first, rest) = buffer.split_first()?;
        match first {
            0x1B => self.esc(rest).map(|(used, effect)| (used + 1, effect)),
            0x1C => self.fs(rest).map(|(used, effect)| (used + 1, effect)),
            0x1D => self.gs(rest).map(|(used, effect)| (used + 1, effect)),
            b'\n' => Some((1, self.end_line())),
            0x00 | b'\r' => Some((1, Effect::None)),
            0x01..=0x1F | 0x7F => Some((1, Effect::Unknown([first, 0]))),
            0x81..=0xFE if self.chinese => self.chinese_character(buffer),
            _ => Some((1, self.character(&[first]))),
        }
    }

    /// Two bytes, or four if the second is a digit.
    fn chinese_character(&mut self, buffer: &[u8]) -> Option<(usize, Effect)> {
        let len = if buffer.get(1)?.is_ascii_digit() { 4 } else { 2 };
        let bytes = buffer.get(..len)?.to_vec();
        Some((len, self.character(&bytes)))
    }

    fn character(&mut self, bytes: &[u8]) -> Effect {
        self.text.extend_from_slice(bytes);
        Effect::None
    }

    fn end_line(&mut self) -> Effect {
        let bytes = std::mem::take(&mut self.text);
        let text = if self.chinese {
            GB18030.decode_without_bom_handling(&bytes).0.into_owned()
        } else {
            bytes.iter().map(|&byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect()
        };
        self.lines.push(PrintedLine { text, ..self.line() });
        Effect::Moved(1)
    }

    /// An empty line in the style that is set.
    fn line(&self) -> PrintedLine {
        PrintedLine {
            text: String::new(),
            bold: self.bold,
            double: self.double_all || self.double_byte,
            align: self.align,
            qr: None,
            qr_module: self.qr_module,
            picture: None,
        }
    }

    fn feed(&mut self, lines: u8) -> Effect {
        if !self.text.is_empty() {
            self.end_line();
        }
        for _ in 0..lines {
            self.lines.push(self.line());
        }
        Effect::Moved(usize::from(lines))
    }

    fn esc(&mut self, rest: &[u8]) -> Option<(usize, Effect)> {
        let (&command, arguments) = rest.split_first()?;
        match command {
            b'@' => {
                let lines = std::mem::take(&mut self.lines);
                *self = Self { lines, ..Self::default() };
                return Some((1, Effect::AutoStatus(false)));
            }
            b'i' | b'm' => return Some((1, Effect::Cut)),
            b'2' => return Some((1, Effect::None)),
            _ => {}
        }
        let &n = arguments.first()?;
        let effect = match command {
            b'a' => {
                self.align = [Align::Left, Align::Center, Align::Right].get(usize::from(n % 48)).copied()?;
                Effect::None
            }
            b'E' => {
                self.bold = n & 1 == 1;
                Effect::None
            }
            b'd' => self.feed(n),
            b't' | b'R' | b'M' | b'-' | b'3' | b'G' | b'{' | b'V' | b' ' | b'J' => Effect::None,
            _ => return Some((1, Effect::Unknown([0x1B, command]))),
        };
        Some((2, effect))
    }

    fn fs(&mut self, rest: &[u8]) -> Option<(usize, Effect)> {
        let (&command, arguments) = rest.split_first()?;
        match command {
            b'&' | b'.' => {
                self.chinese = command == b'&';
                return Some((1, Effect::None));
            }
            b'S' => return arguments.get(1).map(|_| (3, Effect::None)),
            _ => {}
        }
        let &n = arguments.first()?;
        match command {
            b'W' => self.double_byte = n & 1 == 1,
            b'!' => self.double_byte = n & 0x0C == 0x0C,
            _ => return Some((1, Effect::Unknown([0x1C, command]))),
        }
        Some((2, Effect::None))
    }

    fn gs(&mut self, rest: &[u8]) -> Option<(usize, Effect)> {
        match rest {
            [b'!', n, ..] => {
                self.double_all = n & 0x77 != 0;
                Some((2, Effect::None))
            }
            [b'V', 0x41 | 0x42, n, ..] => {
                self.feed(*n);
                Some((3, Effect::Cut))
            }
            [b'V', 0x41 | 0x42] => None,
            [b'V', _, ..] => Some((2, Effect::Cut)),
            [b'a', n, ..] => Some((2, Effect::AutoStatus(*n != 0))),
            [b'r', _, ..] => Some((2, Effect::AskPaper)),
            [b'I', 0x42, ..] => Some((2, Effect::Answer(b"\x5FLUCHENG\0".to_vec()))),
            [b'I', _, ..] => Some((2, Effect::Answer(b"\x5FSIM-80\0".to_vec()))),
            [b'B' | b'b' | b'H' | b'h' | b'w', _, ..] => Some((2, Effect::None)),
            [b'(', function, low, high, ..] => {
                let len = usize::from(*low) | usize::from(*high) << 8;
                let data = rest.get(4..4 + len)?;
                Some((4 + len, self.function(*function, data)))
            }
            [b'v', b'0', _, x_low, x_high, y_low, y_high, ..] => {
                let row_bytes = usize::from(*x_low) | usize::from(*x_high) << 8;
                let rows = usize::from(*y_low) | usize::from(*y_high) << 8;
                let dots = rest.get(7..7 + row_bytes * rows)?;
                Some((7 + row_bytes * rows, self.picture(row_bytes * 8, rows, dots)))
            }
            [_] | [b'(' | b'v', ..] | [] => None,
            [command, ..] => Some((1, Effect::Unknown([0x1D, *command]))),
        }
    }

    /// GS v 0. Pictures follow one another without a gap.
    fn picture(&mut self, width: usize, rows: usize, dots: &[u8]) -> Effect {
        let Ok(picture) = Raster::from_bytes(width, rows, dots) else {
            return Effect::Unknown([0x1D, b'v']);
        };
        self.lines.push(PrintedLine { picture: Some(picture), ..self.line() });
        Effect::Moved(rows.div_ceil(LINE_DOTS))
    }

    /// GS ( H: the echo of a process id. GS ( k: QR codes.
    fn function(&mut self, function: u8, data: &[u8]) -> Effect {
        match (function, data) {
            (b'H', [0x30, 0x30, id @ ..]) => Effect::Answer([&[0x37, 0x22], id, &[0]].concat()),
            (b'k', [0x31, 0x50, 0x30, content @ ..]) => {
                self.qr = content.to_vec();
                Effect::None
            }
            (b'k', [0x31, 0x51, 0x30]) => {
                let content = String::from_utf8_lossy(&std::mem::take(&mut self.qr)).into_owned();
                self.lines.push(PrintedLine { qr: Some(content), ..self.line() });
                Effect::Moved(1)
            }
            (b'k', [0x31, 0x43, module]) => {
                self.qr_module = *module;
                Effect::None
            }
            (b'k', [0x31, ..]) => Effect::None,
            _ => Effect::Unknown([0x1D, function]),
        }
    }
}
