//! Lines for a printer of fixed columns. Chinese characters take two columns, Latin ones take one.

/// Where a text stands in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Center,
}

/// What a receipt printer puts on paper, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaperLine {
    /// One line of text that fits the columns; twice as wide and high when `double`.
    Text {
        /// The text, free of control characters.
        text: String,
        /// Where it stands.
        align: Align,
        /// In bold.
        bold: bool,
        /// Twice as wide and high.
        double: bool,
    },
    /// A line across the paper.
    Rule,
    /// A QR code.
    Qr {
        /// Its text.
        data: String,
    },
    /// This many empty lines.
    Feed(u8),
}

impl PaperLine {
    /// Columns that the line takes; a rule and a QR code adapt to the paper.
    #[must_use]
    pub fn columns(&self) -> usize {
        match self {
            Self::Text { text, double: true, .. } => 2 * width(text),
            Self::Text { text, .. } => width(text),
            Self::Rule | Self::Qr { .. } | Self::Feed(_) => 0,
        }
    }
}

/// Paper of some width that is filled from the top.
#[derive(Debug)]
pub(super) struct Paper {
    columns: usize,
    lines: Vec<PaperLine>,
}

impl Paper {
    pub(super) fn new(columns: u8) -> Self {
        // Two characters at double size need eight columns; less is no paper.
        Self { columns: usize::from(columns.max(8)), lines: Vec::new() }
    }

    pub(super) fn title(&mut self, text: &str) {
        self.put(text, self.columns / 2, Align::Center, (true, true));
    }

    pub(super) fn center(&mut self, text: &str, bold: bool) {
        self.put(text, self.columns, Align::Center, (bold, false));
    }

    pub(super) fn left(&mut self, text: &str, bold: bool) {
        self.put(text, self.columns, Align::Left, (bold, false));
    }

    /// A label at the left and its value at the right, below each other when they do not fit side by side.
    pub(super) fn row(&mut self, label: &str, value: &str) {
        let (label, value) = (printable(label), printable(value));
        let gap = self.columns.saturating_sub(width(&label) + width(&value));
        if gap > 0 {
            return self.left(&format!("{label}{}{value}", " ".repeat(gap)), false);
        }
        self.left(&label, false);
        self.right(&value);
    }

    pub(super) fn right(&mut self, text: &str) {
        for line in wrap(&printable(text), self.columns) {
            let gap = self.columns.saturating_sub(width(&line));
            self.left(&format!("{}{line}", " ".repeat(gap)), false);
        }
    }

    pub(super) fn rule(&mut self) {
        self.lines.push(PaperLine::Rule);
    }

    pub(super) fn qr(&mut self, data: &str) {
        self.lines.push(PaperLine::Qr { data: printable(data) });
    }

    /// Feeds the last line past the cutter.
    pub(super) fn finish(mut self) -> Vec<PaperLine> {
        self.lines.push(PaperLine::Feed(4));
        self.lines
    }

    fn put(&mut self, text: &str, columns: usize, align: Align, (bold, double): (bool, bool)) {
        let lines = wrap(&printable(text), columns);
        self.lines.extend(lines.into_iter().map(|text| PaperLine::Text { text, align, bold, double }));
    }
}

/// Columns that a text takes: printers in GB 18030 mode give two to all that is not ASCII.
fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

const fn columns_of(character: char) -> usize {
    if character.is_ascii() { 1 } else { 2 }
}

/// Drops what a printer would obey instead of print, and what shows one text and carries another.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control() && !is_unseen(*character)).collect()
}

/// Characters without a shape: joiners, separators, changes of direction.
const fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Breaks a text into lines that fit; nothing is cut off.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text.chars() {
        let wide = columns_of(character);
        if used + wide > columns {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
        used += wide;
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(lines: &[PaperLine]) -> String {
        let text = |line: &PaperLine| match line {
            PaperLine::Text { text, .. } => text.clone(),
            _ => String::new(),
        };
        lines.iter().map(text).collect()
    }

    #[test]
    fn a_label_and_a_long_value_stand_below_each_other() {
        let mut paper = Paper::new(12);
        paper.row("户名", "王*国");
        paper.row("收费单位", "包头供电局");
        let lines = ["户名   王*国", "收费单位", "  包头供电局"];
        let shown: Vec<_> = paper.lines.iter().map(|line| text_of(std::slice::from_ref(line))).collect();
        assert_eq!(shown, lines);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_the_paper_and_nothing_is_lost(text in "\\PC{0,80}", columns in 8..=64_u8) {
            let mut paper = Paper::new(columns);
            paper.title(&text);
            paper.left(&text, false);
            for line in &paper.lines {
                prop_assert!(line.columns() <= usize::from(columns));
            }
            prop_assert_eq!(text_of(&paper.lines), printable(&text).repeat(2));
        }

        #[test]
        fn no_control_character_reaches_the_printer(text in ".{0,40}", hidden in 0..0xA0_u32) {
            let character = char::from_u32(hidden).unwrap();
            let mut paper = Paper::new(32);
            paper.row(&format!("{character}{text}"), &format!("{text}{character}\u{1b}@\u{1d}V\0"));
            paper.qr(&format!("{text}{character}\u{10}"));
            for line in &paper.lines {
                let (PaperLine::Text { text, .. } | PaperLine::Qr { data: text }) = line else { continue };
                prop_assert!(!text.chars().any(char::is_control));
            }
        }
    }
}
