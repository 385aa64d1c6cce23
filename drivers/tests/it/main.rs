//! Codecs by vectors, drivers against simulators on real pseudo-terminals. One binary, because each links
//! everything.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test may stop at the first surprise"
)]

mod barcode_scanner_codec;
mod barcode_scanner_driver;
mod card_writer_codec;
mod card_writer_driver;
mod document_printer;
mod ecr_hub_codec;
mod ecr_hub_day;
mod ecr_hub_driver;
mod ecr_hub_recovery;
mod ecr_hub_scripted;
mod escpos_codec;
mod escpos_conformance;
mod escpos_driver;
mod escpos_jobs;
mod escpos_paper;
mod faults;
mod fuzz_seeds;
mod hardware_profiles;
mod id_number;
mod matrix;
mod mis_codec;
mod mis_scripted;
mod sam_v_codec;
mod sam_v_driver;
mod shell;
mod simulators;
mod soak;
mod soak_pay;
mod soak_print;
mod support;
mod terminals;
mod zvt_codec;
mod zvt_memory;
mod zvt_peer;
