//! The `zvt` crate as an independent peer. It knows these of our units: 05 01, 06 00, 06 18, 06 50, 06 70,
//! 06 93 and 80 00; it has no serial frame and neither 06 01, 06 02, 06 20, 06 30, 06 31 nor 06 B0.

use drivers::payment_terminal::zvt::Command;
use drivers::payment_terminal::zvt::apdu::Apdu;
use drivers::payment_terminal::zvt::field::{self, Totals};
use zvt::ZvtSerializer;
use zvt::packets::{
    Ack, CompletionData, Diagnosis, EndOfDay, Initialization, NumAndTotal, Registration, ResetTerminal,
    SingleAmounts, StatusEnquiry, StatusInformation,
};

use crate::support::hex;

const PASSWORD: u32 = 123_456;

// Recorded at a real terminal; samples of that crate.
const SALE: &str = "\
    04 0F 5A 27 00 04 00 00 00 00 25 00 49 09 78 0C 22 55 58 0D 04 05 22 F0 F8 55 98 83 EE EE \
    EE 80 74 87 02 31 3B 37 35 30 30 37 31 00 00 0B 00 09 75 19 60 29 52 52 35 35 0E 24 05 8A \
    06 8C 01 8B F1 F1 4D 61 73 74 65 72 43 61 72 64 00 2A 38 30 34 30 31 31 39 32 36 20 20 20 \
    20 20 20";
const GIROCARD: &str = "\
    04 0F 5D 27 00 04 00 00 00 00 25 00 49 09 78 0C 10 37 20 0D 04 21 22 F1 F0 47 11 00 80 05 \
    75 70 38 00 4F 17 00 02 87 02 49 3B 30 31 38 33 37 32 00 00 0B 00 10 12 19 60 29 52 52 35 \
    35 0E 26 12 8A 05 8C 00 8B F0 F9 67 69 72 6F 63 61 72 64 00 2A 31 36 30 30 34 30 30 38 20 \
    20 20 20 20 20 20";
const END_OF_DAY: &str = "\
    04 0F 4D 27 00 04 00 00 00 00 09 58 0B 00 09 82 0D 04 06 0C 08 17 06 60 F0 F5 F3 02 33 02 \
    34 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 00 09 58 00 00 00 00 00 00 00 00 \
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
const CARD_READ: &str = "\
    04 0F 35 27 00 06 31 4C 0A 00 00 00 00 00 00 08 1C A7 2F 1F 45 05 05 78 80 70 02 1F 4C 01 \
    01 1F 4D 02 FE 04 1F 4F 02 04 00 1F 50 01 20 60 09 43 07 A0 00 00 00 04 10 10";

fn ours(command: Command) -> Vec<u8> {
    command.apdu(PASSWORD).unwrap().encode()
}

/// The peer reads our bytes as this, to the last one, and makes the same bytes of it.
fn agrees<T: ZvtSerializer + PartialEq + std::fmt::Debug>(command: Command, expected: &T)
where
    zvt::encoding::Default: zvt::encoding::Encoding<T>,
{
    let bytes = ours(command);
    let (read, rest) = T::zvt_deserialize(&bytes).unwrap();
    assert_eq!((&read, rest.len()), (expected, 0));
    assert_eq!(expected.zvt_serialize(), bytes);
}

#[test]
fn the_peer_reads_what_we_send() {
    let register = Registration { password: 123_456, config_byte: 0xBA, currency: Some(156), tlv: None };
    agrees(Command::Register { config: 0xBA, currency: Some(156) }, &register);
    agrees(Command::Initialise, &Initialization { password: 123_456 });
    agrees(Command::EndOfDay, &EndOfDay { password: 123_456 });
    agrees(Command::Diagnosis, &Diagnosis { tlv: None });
    agrees(Command::Reset, &ResetTerminal {});
    let enquiry = StatusEnquiry { password: Some(123_456), service_byte: None, tlv: None };
    agrees(Command::StatusEnquiry, &enquiry);
    agrees(Command::Accept, &Ack {});
}

#[test]
fn we_read_what_the_peer_has_recorded() {
    let read = |sample: &str| {
        let apdu = Apdu::decode(&hex(sample)).unwrap();
        assert_eq!((apdu.control, apdu.encode()), ([0x04, 0x0F], hex(sample)));
        field::parse(&apdu.data).unwrap()
    };
    let sale = read(SALE);
    assert_eq!((sale.result, sale.amount_fen, sale.receipt), (Some(0), Some(2500), Some(231)));
    assert_eq!((sale.trace, sale.time, sale.date), (Some(975), Some(225_558), Some(405)));
    assert_eq!((sale.terminal_id.as_deref(), sale.currency), (Some("52523535"), Some(978)));
    assert_eq!(
        (sale.card.as_deref(), sale.card_name.as_deref()),
        (Some("559883******8074"), Some("MasterCard"))
    );
    let girocard = read(GIROCARD);
    assert_eq!((girocard.receipt, girocard.amount_fen), (Some(249), Some(2500)));
    assert_eq!(girocard.card_name.as_deref(), Some("girocard"));
    assert!(girocard.card.is_some_and(|card| card.len() == 19 && card.contains("*********")));
    let closed = read(END_OF_DAY);
    assert_eq!(closed.totals, Some(Totals { count: 2, net_fen: 958 }));
    assert_eq!((closed.amount_fen, closed.trace), (Some(958), Some(982)));
    assert_eq!(read(CARD_READ).result, Some(0));
}

#[test]
fn we_read_what_the_peer_makes() {
    let kind = |num, total| NumAndTotal { num, total };
    let status = StatusInformation {
        result_code: Some(0x6C),
        amount: Some(11_663),
        trace_number: Some(42),
        receipt_no: Some(9999),
        currency: Some(156),
        card_number: Some(6_228_480_402_564_890),
        card_name: Some("UNIONPAY".to_owned()),
        single_amounts: Some(SingleAmounts {
            receipt_no_start: 1,
            receipt_no_end: 9,
            girocard: kind(3, 300),
            visa: kind(2, 11_363),
            ..SingleAmounts::default()
        }),
        ..StatusInformation::default()
    };
    let read = field::parse(&Apdu::decode(&status.zvt_serialize()).unwrap().data).unwrap();
    assert_eq!((read.result, read.amount_fen, read.receipt), (Some(0x6C), Some(11_663), Some(9999)));
    assert_eq!((read.trace, read.currency), (Some(42), Some(156)));
    assert_eq!(read.card.as_deref(), Some("622848******4890"));
    assert_eq!(read.totals, Some(Totals { count: 5, net_fen: 11_663 }));
    let end = CompletionData { terminal_id: Some(52_523_535), ..CompletionData::default() };
    assert_eq!(Apdu::decode(&end.zvt_serialize()).unwrap().control, [0x06, 0x0F]);
}
