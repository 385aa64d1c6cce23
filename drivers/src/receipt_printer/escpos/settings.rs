//! What differs between ESC/POS printers; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use super::charset::CharacterSet;
use crate::port::{Flow, PortSettings};
use crate::receipt_printer::{COLUMN_DOTS, FontFile, PrinterCapabilities};
use crate::timing::{scaled_answer_ms, scaled_ms};

/// How a job's end is confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// GS ( H function 48: the printer echoes an id once the lines before it are on paper.
    #[default]
    ProcessId,
    /// GS r 1: the printer answers the paper status once it comes to this command.
    GsR,
}

/// How the slip is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// GS V 0 after a feed: falls down.
    Full,
    /// GS V 1 after a feed: hangs by a point.
    #[default]
    Partial,
    /// GS V 65 n: the printer feeds to its cutter itself, then cuts fully.
    FeedFull,
    /// GS V 66 n: the same, partially.
    FeedPartial,
    /// ESC i, of old printers.
    OldFull,
    /// ESC m, of old printers.
    OldPartial,
    /// No cutter.
    None,
}

/// How double size is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoubleSize {
    /// GS ! for single-byte characters and FS W for Chinese ones; printers that obey both once do it once.
    #[default]
    Both,
    /// GS ! alone.
    GsExclamation,
    /// FS W alone.
    FsW,
}

/// Settings of an ESC/POS printer. Times in ms; where many bytes are on their way, their time on the wire is
/// added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct EscPosSettings {
    /// Bits per second.
    pub baud: u32,
    /// Flow control.
    pub flow: Flow,
    /// Columns of the narrow font: 48 on 80 mm paper, 32 on 58 mm.
    pub columns: u8,
    /// Which characters the printer has; the others are printed as dots.
    pub character_set: CharacterSet,
    /// Code page of single-byte characters (ESC t), for printers that start in a strange one.
    pub code_page: Option<u8>,
    /// Fonts for characters that the printer lacks, in the order in which they are asked.
    pub fonts: Vec<FontFile>,
    /// How the slip is cut.
    pub cut: Cut,
    /// Lines from the head to the cutter, fed before a cut.
    pub cut_feed: u8,
    /// How the end is confirmed.
    pub confirm: Confirm,
    /// How double size is asked for.
    pub double_size: DoubleSize,
    /// Whether FS & is sent after each reset; most Chinese printers start in this mode anyway.
    pub chinese_mode: bool,
    /// Whether automatic status (GS a) is asked for.
    pub auto_status: bool,
    /// Lines between two confirmations: how fine the progress is, and how much can be on paper unconfirmed.
    pub lines_per_confirmation: u8,
    /// Bytes that may be on their way or in the printer's buffer unconfirmed. A slip within it leaves without
    /// a pause. After the end of the paper so much may come out as a rest, and more than the printer's buffer
    /// (4 kB and up) would be lost where there is no flow control.
    pub window_bytes: usize,
    /// Lines that are left when the sensor of the near end answers first; 0 when nobody measured it.
    pub lines_at_near_end: u32,
    /// How long a status answer may take.
    pub status_timeout_ms: u64,
    /// How long the printer may be quiet while printing before it is asked what is wrong.
    pub quiet_ms: u64,
    /// How long the confirmation of one part may take at most.
    pub confirm_timeout_ms: u64,
    /// How long a head that is too hot may take to cool down before the job counts as interrupted.
    pub cooling_timeout_ms: u64,
    /// Longest pause inside one automatic status or block; a longer one resets the parser.
    pub inter_byte_ms: u64,
    /// How long the port may refuse bytes.
    pub write_timeout_ms: u64,
    /// Divides the pauses before a lost port is opened again; 1 in the street.
    pub reopen_divisor: u32,
}

impl Default for EscPosSettings {
    fn default() -> Self {
        Self {
            baud: 115_200,
            flow: Flow::None,
            columns: 48,
            character_set: CharacterSet::Gb18030TwoByte,
            code_page: None,
            fonts: FontFile::system(),
            cut: Cut::Partial,
            cut_feed: 4,
            confirm: Confirm::ProcessId,
            double_size: DoubleSize::Both,
            chinese_mode: true,
            auto_status: true,
            lines_per_confirmation: 8,
            window_bytes: 1024,
            lines_at_near_end: 0,
            status_timeout_ms: 1000,
            quiet_ms: 2000,
            confirm_timeout_ms: 20_000,
            cooling_timeout_ms: 60_000,
            inter_byte_ms: 100,
            write_timeout_ms: 5000,
            reopen_divisor: 1,
        }
    }
}

impl EscPosSettings {
    /// The same with all waits divided, for tests and demonstrations.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        Self {
            status_timeout_ms: scaled_answer_ms(self.status_timeout_ms, divisor),
            quiet_ms: scaled_answer_ms(self.quiet_ms, divisor),
            confirm_timeout_ms: scaled_answer_ms(self.confirm_timeout_ms, divisor),
            cooling_timeout_ms: scaled_answer_ms(self.cooling_timeout_ms, divisor),
            inter_byte_ms: scaled_answer_ms(self.inter_byte_ms, divisor),
            write_timeout_ms: scaled_answer_ms(self.write_timeout_ms, divisor),
            reopen_divisor: self.reopen_divisor.max(1).saturating_mul(divisor.max(1)),
            ..self.clone()
        }
    }

    /// What a printer with these settings can do.
    #[must_use]
    pub fn capabilities(&self) -> PrinterCapabilities {
        PrinterCapabilities {
            columns: self.columns,
            width_dots: usize::from(self.columns) * COLUMN_DOTS,
            cuts: self.cut != Cut::None,
            confirms_by_identity: self.confirm == Confirm::ProcessId,
            reports_by_itself: self.auto_status,
        }
    }

    /// How often a caller should ask for the status between jobs: three seconds, divided like the rest.
    #[must_use]
    pub fn status_interval_ms(&self) -> u64 {
        scaled_ms(3000, self.reopen_divisor)
    }

    /// The port at `path` with these settings.
    #[must_use]
    pub fn port(&self, path: &str) -> PortSettings {
        PortSettings {
            flow: self.flow,
            write_timeout_ms: self.write_timeout_ms,
            ..PortSettings::new(path, self.baud)
        }
    }
}
