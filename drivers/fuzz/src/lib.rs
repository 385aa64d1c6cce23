//! One function per parser. A function takes any bytes and must come back: it may not panic, loop or grow
//! without bound. Where a parser has a rule that holds for all input, the function checks it.
//!
//! The fuzzer and, on a stable compiler, the replay of the seeds in `tests/it/fuzz_seeds.rs` run the same
//! functions; `seeds/<name>/` has the inputs, from the vectors of the protocol sheet.

mod file;
mod person;
mod printer;
mod purse;
mod scanner;
mod terminal;

/// Takes any bytes.
pub type Parser = fn(&[u8]);

/// Every function with its name, which is that of its folder of seeds and of its fuzz target.
pub const PARSERS: [(&str, Parser); 19] = [
    ("sam_v_frames", person::sam_v_frames),
    ("sam_v_card", person::sam_v_card),
    ("id_number", person::id_number),
    ("escpos_status", printer::escpos_status),
    ("ipp_answer", printer::ipp_answer),
    ("ecr_hub_frames", terminal::ecr_hub_frames),
    ("ecr_hub_message", terminal::ecr_hub_message),
    ("zvt_frames", terminal::zvt_frames),
    ("zvt_apdu", terminal::zvt_apdu),
    ("zvt_status", terminal::zvt_status),
    ("mis_frames", terminal::mis_frames),
    ("mis_fields", terminal::mis_fields),
    ("amount", terminal::amount),
    ("card_answer", purse::card_answer),
    ("scanner_text", scanner::scanner_text),
    ("gm65_answer", scanner::gm65_answer),
    ("fault_script", file::fault_script),
    ("kiosk_file", file::kiosk_file),
    ("data_file", file::data_file),
];

/// Runs the parser of that name.
pub fn run(name: &str, bytes: &[u8]) {
    let found = PARSERS.iter().find(|(own, _)| *own == name);
    found.expect("a target has the name of its parser").1(bytes);
}
