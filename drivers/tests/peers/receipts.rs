//! The bytes of a slip beside those of two other encoders.

use drivers::receipt_printer::escpos::{Cut, line, paper};
use drivers::receipt_printer::{EscPosSettings, PaperLine, Typeface};
use libtest_mimic::{Failed, Trial};

use crate::node::{hex, missing, node};
use crate::require::needs;

const LINES: [&str; 4] = ["包头供电局 电费", "户名 林某某 鹿城之窗", "金额 ￥116.63 €15.20", "A-01 ABC 123"];
const QR: &str = "https://lucheng.example/r/A1B2C3D4E5F6";

pub fn trial() -> Trial {
    let lacks = missing("receiptline").or_else(|| missing("@point-of-sale/receipt-printer-encoder"));
    needs("peers::two other encoders write the same text, QR code and cut", lacks, same_bytes)
}

fn same_bytes() -> Result<(), Failed> {
    let lines = format!("[{}]", LINES.map(|line| format!("\"{line}\"")).join(","));
    let output = node("receipt.js").args([&lines, QR]).output()?;
    let text = String::from_utf8(output.stdout)?;
    let [receiptline, encoder] = text.lines().collect::<Vec<_>>()[..] else {
        return Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr)).into());
    };
    let mut rest = &hex(receiptline)[..];
    for words in LINES {
        let ours = bytes(&PaperLine::plain(words))?;
        let at = find(rest, &ours).ok_or_else(|| format!("receiptline writes {words} otherwise"))?;
        rest = &rest[at + ours.len()..];
    }
    let theirs = hex(encoder);
    let qr = bytes(&PaperLine::Qr { data: QR.to_owned(), module: 6 })?;
    let qr = &qr[find(&qr, &[0x1D, 0x28, 0x6B]).ok_or("no QR code of ours")?..];
    let end = [0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x51, 0x30];
    let qr = &qr[..find(qr, &end).ok_or("our QR code does not end")? + end.len()];
    find(&theirs, qr).ok_or("the encoder writes the QR code otherwise")?;
    let cut = paper::cut_bytes(&EscPosSettings { cut: Cut::Partial, ..EscPosSettings::default() });
    find(&theirs, &cut[3..]).ok_or("the encoder cuts otherwise")?;
    Ok(())
}

fn bytes(line: &PaperLine) -> Result<Vec<u8>, Failed> {
    Ok(line::line_bytes(line, &EscPosSettings::default(), &Typeface::default())?.0)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|found| found == wanted)
}
