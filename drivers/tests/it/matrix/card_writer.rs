//! Card writer: electronic purses over PC/SC.

use drivers::card_writer::{
    CardWriter, CardWriterSettings, LoadApproval, LoadOutcome, LoadRequest, PendingLoad, PurseWriter,
    Settlement,
};
use drivers::simulator::{CardSlotSim, Issuer, PurseCard, SlotFault};

use super::{Row, compare, technician};

const KEY: [u8; 16] = [0x5A; 16];
const NUMBER: [u8; 10] = [0x01, 0x50, 0x20, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34];
const LOAD: LoadRequest = LoadRequest { amount_fen: 5000, terminal: [0x15, 0x02, 0, 0, 0, 7] };
const BEFORE_FEN: u32 = 1230;
const AFTER_FEN: u32 = 6230;

const OPENING: &str = "the opening of a load";
const WRITE: &str = "the write";
const OTHER_CARD: &str = "another card is laid before it";

type Writer = PurseWriter<CardSlotSim>;

fn pair() -> (CardSlotSim, Writer) {
    let slot = CardSlotSim::new();
    slot.lay_card(PurseCard::new(NUMBER, BEFORE_FEN, KEY).with_fetched_answers());
    (slot.clone(), PurseWriter::new(slot, CardWriterSettings::default()))
}

#[test]
fn the_card_writer_survives_every_fault_in_every_state() {
    let mut rows: Vec<Row> = OPENINGS.iter().map(|(fault, breaks)| opened(fault, *breaks)).collect();
    rows.extend(BETWEEN.iter().map(|(fault, breaks)| committed(fault, *breaks)));
    for (fault, slot_fault) in WRITES {
        rows.push(committed(fault, |slot| slot.set_fault(slot_fault)));
    }
    compare("card-writer", rows);
}

/// A fault and the hand that does it.
type Hand = (&'static str, fn(&CardSlotSim));

const OPENINGS: [Hand; 2] = [
    ("no card, or lifted", |slot| drop(slot.lift_card())),
    ("the reader is unplugged", |slot| slot.set_plugged(false)),
];

fn opened(fault: &'static str, breaks: fn(&CardSlotSim)) -> Row {
    let (slot, mut writer) = pair();
    breaks(&slot);
    let error = writer.begin_load(&LOAD).unwrap_err();
    slot.set_plugged(true);
    loads_again(&slot, &mut writer);
    let (resident, heals) = if error.is_port_loss() {
        ("top-ups of cards are out of use, said on the tile", "when it is plugged in")
    } else {
        ("asked to lay the card again", "when the card is laid again")
    };
    let (answer, technician) = (error.code().to_owned(), technician(&error));
    Row { state: OPENING, fault, answer, resident: resident.to_owned(), technician, heals }
}

const BETWEEN: [Hand; 3] = [
    ("lifted and laid again before it", |slot| {
        let card = slot.lift_card().unwrap();
        slot.lay_card(card);
    }),
    (OTHER_CARD, |slot| slot.lay_card(PurseCard::new([0x99; 10], BEFORE_FEN, KEY))),
    ("the reader is unplugged before it", |slot| slot.set_plugged(false)),
];

const WRITES: [(&str, SlotFault); 8] = [
    ("lifted before it wrote", SlotFault::LiftedBeforeWrite),
    ("lifted after it wrote", SlotFault::LiftedAfterWrite),
    ("lifted before its answer was fetched", SlotFault::LiftedBeforeFetch),
    ("the answer is lost, it wrote", SlotFault::AnswerLost { written: true }),
    ("the answer is lost, it did not write", SlotFault::AnswerLost { written: false }),
    ("its memory failed, it wrote", SlotFault::MemoryFailure { written: true }),
    ("its memory failed, it did not write", SlotFault::MemoryFailure { written: false }),
    ("the reader does not come back", SlotFault::TimeOut),
];

/// Opens a load, breaks something, commits.
fn committed(fault: &'static str, breaks: impl Fn(&CardSlotSim)) -> Row {
    let (slot, mut writer) = pair();
    let pending = writer.begin_load(&LOAD).unwrap();
    breaks(&slot);
    let outcome = writer.commit_load(&pending, &approve(&pending));
    slot.set_plugged(true);
    if fault != OTHER_CARD {
        is_true(outcome, &slot, &mut writer, &pending, fault);
    }
    loads_again(&slot, &mut writer);
    let (answer, resident, technician, heals) = words(outcome);
    let (answer, technician) = (answer.to_owned(), technician.to_owned());
    Row { state: WRITE, fault, answer, resident: resident.to_owned(), technician, heals }
}

fn words(outcome: LoadOutcome) -> (&'static str, &'static str, &'static str, &'static str) {
    match outcome {
        LoadOutcome::Written { .. } => ("written", "topped up", "online", "nothing is left to do"),
        LoadOutcome::NotWritten(_) => {
            ("not written", "not topped up, and the money goes back", "online", "when the card is laid again")
        }
        LoadOutcome::Unknown => (
            "unknown",
            "asked to lay the same card again",
            "a load whose outcome is unknown",
            "by reading the same card",
        ),
    }
}

/// Holds what the writer said, or finds out, against what is on the card.
fn is_true(
    outcome: LoadOutcome,
    slot: &CardSlotSim,
    writer: &mut Writer,
    pending: &PendingLoad,
    fault: &str,
) {
    let card = slot.lift_card().unwrap();
    let is_loaded = card.balance_fen() == AFTER_FEN;
    match outcome {
        LoadOutcome::Written { .. } => assert!(is_loaded, "{fault}"),
        LoadOutcome::NotWritten(_) => assert!(!is_loaded, "{fault}"),
        LoadOutcome::Unknown => {
            slot.lay_card(card);
            let truth = if is_loaded { Settlement::Written } else { Settlement::NotWritten };
            assert_eq!(writer.settle(pending), Ok(truth), "{fault}");
        }
    }
}

fn approve(pending: &PendingLoad) -> LoadApproval {
    Issuer::new(KEY).approve(pending, [0x20, 0x26, 0x11, 0x24], [0x10, 0x30, 0x00]).unwrap()
}

/// Whatever happened, the next card is topped up once.
fn loads_again(slot: &CardSlotSim, writer: &mut Writer) {
    slot.lay_card(PurseCard::new(NUMBER, BEFORE_FEN, KEY));
    let pending = writer.begin_load(&LOAD).unwrap();
    let outcome = writer.commit_load(&pending, &approve(&pending));
    assert!(matches!(outcome, LoadOutcome::Written { .. }), "{outcome:?}");
    assert_eq!(slot.lift_card().unwrap().balance_fen(), AFTER_FEN);
}
