//! ID card reader, SAM_V.

use drivers::id_reader::{IdCard, IdReader, SamV, SamVSettings};
use drivers::port::SerialPortLine;
use drivers::simulator::{FaultKind, SamFault, SamVSim, SimCard};
use drivers::status::UserFault;
use drivers::{CancelToken, DeviceError};

use super::{Row, State, compare, heal, is_unplug, play, replug, strike, technician, wire_faults};
use crate::support::{path, wait_for};

const PROBING: State = State { name: "is it well", request: &[0x11, 0xFF], after: 0 };
const READING: [State; 4] = [
    State { name: "is a card there", request: &[0x20, 0x01], after: 0 },
    State { name: "the card selected", request: &[0x20, 0x02], after: 0 },
    State { name: "text and photo", request: &[0x30, 0x01], after: 0 },
    State { name: "newest address", request: &[0x30, 0x03], after: 0 },
];
const REMOVAL: State = State { name: "is the card gone", request: &[0x20, 0x01], after: 0 };

type Reader = SamV<SerialPortLine>;

/// A second and a half for an answer: long for a loaded machine, bearable for the rows that wait for it.
fn pair() -> (SamVSim, Reader) {
    let sim = SamVSim::start(None).unwrap();
    let settings = SamVSettings { command_timeout_ms: 1500, ..SamVSettings::default().scaled(5) };
    let mut reader = SamV::on_port(path(sim.path()), settings);
    wait_for("a reader", || reader.probe().ok());
    (sim, reader)
}

fn read(reader: &mut Reader) -> Result<Option<IdCard>, DeviceError> {
    reader.read_card(&CancelToken::new())
}

#[test]
fn the_id_reader_survives_every_fault_in_every_state() {
    let mut cells: Vec<(State, &str, FaultKind)> = Vec::new();
    for state in [&[PROBING], &READING[..], &[REMOVAL]].concat() {
        cells.extend(wire_faults().into_iter().map(|(name, kind)| (state, name, kind)));
    }
    let mut rows = play(&cells, |(state, name, kind)| on_the_wire(*state, name, kind));
    rows.extend(play(&SAM_FAULTS, |(name, fault)| in_the_reader(name, *fault)));
    rows.push(a_lifted_card());
    compare("id-reader", rows);
}

fn on_the_wire(state: State, fault: &'static str, kind: &FaultKind) -> Row {
    let (sim, mut reader) = pair();
    if state.name != PROBING.name {
        sim.lay_card(SimCard::demo().remove(0));
    }
    if state.name == REMOVAL.name {
        assert!(read(&mut reader).unwrap().is_some());
    }
    sim.faults().add(strike(state, kind));
    let (answer, resident, technician) = match state.name {
        name if name == PROBING.name => probed(reader.probe()),
        name if name == REMOVAL.name => watched(reader.card_present()),
        _ => looked(read(&mut reader)),
    };
    assert!(sim.faults().struck() > 0, "{}: {fault} never struck", state.name);
    let plug = || replug(|| sim.take_events(), || sim.plug_cable());
    let heals = heal(is_unplug(kind).then_some(&plug as &dyn Fn()), || reader.probe());
    reads_a_card_again(&sim, &mut reader);
    Row { state: state.name, fault, answer, resident: resident.to_owned(), technician, heals }
}

/// Whatever happened, the next person's card is read.
fn reads_a_card_again(sim: &SamVSim, reader: &mut Reader) {
    sim.lift_card();
    wait_for("an empty reader", || reader.card_present().ok().filter(|lies| !lies));
    let card = SimCard::demo().remove(1);
    sim.lay_card(card.clone());
    let read = wait_for("the next card", || read(reader).ok().flatten());
    assert_eq!((&read.name, &read.number), (&card.name, &card.number));
}

const STAYS: &str = "nothing; numbers can be typed all the while";

fn probed(answer: Result<(), DeviceError>) -> (String, &'static str, String) {
    match answer {
        Ok(()) => ("it is well".to_owned(), STAYS, "online".to_owned()),
        Err(error) => (error.code().to_owned(), resident(&error), technician(&error)),
    }
}

fn watched(answer: Result<bool, DeviceError>) -> (String, &'static str, String) {
    match answer {
        Ok(true) => ("it lies there".to_owned(), "please take your card", "online".to_owned()),
        Ok(false) => panic!("a card that lies there was taken for removed"),
        Err(error) => (error.code().to_owned(), "please take your card", technician(&error)),
    }
}

fn looked(answer: Result<Option<IdCard>, DeviceError>) -> (String, &'static str, String) {
    match answer {
        Ok(Some(card)) => {
            assert_eq!(card.number, SimCard::demo().remove(0).number);
            ("the card".to_owned(), "the card's bills", "online".to_owned())
        }
        Ok(None) => ("no card".to_owned(), "still asked to lay the card", "online".to_owned()),
        Err(error) => (error.code().to_owned(), resident(&error), technician(&error)),
    }
}

/// The fault of the card page that src/devices/reader.rs makes of an error.
fn resident(error: &DeviceError) -> &'static str {
    match error {
        DeviceError::UserError(UserFault::LayCardAgain) => "asked to lay the card again",
        DeviceError::UserError(UserFault::UnsupportedCard) => "this card cannot be used here",
        DeviceError::UserError(UserFault::RemoveCard) => "please take your card",
        DeviceError::Protocol(_) => "the card cannot be read; a number can be typed",
        _ => "the reader is out of use; a number can be typed",
    }
}

/// What a SAM can do wrong by itself.
const SAM_FAULTS: [(&str, SamFault); 6] = [
    ("the SAM failed its self-test", SamFault::SelfTestFailed),
    ("the SAM is not authorised (SW3 66)", SamFault::ReadStatus(0x66)),
    ("the card is refused while read (SW3 41)", SamFault::ReadStatus(0x41)),
    ("a card of another kind (SW3 40)", SamFault::ReadStatus(0x40)),
    ("the data are damaged on the card", SamFault::ChecksumError),
    ("the card is lifted while read", SamFault::CardLiftedMidRead),
];

fn in_the_reader(fault: &'static str, sam: SamFault) -> Row {
    let (sim, mut reader) = pair();
    sim.lay_card(SimCard::demo().remove(0));
    sim.set_fault(Some(sam));
    let (answer, resident, technician) = looked(read(&mut reader));
    sim.set_fault(None);
    heal(None, || reader.probe());
    reads_a_card_again(&sim, &mut reader);
    let heals = match sam {
        SamFault::SelfTestFailed => "once the SAM is repaired",
        _ => "when a card is laid again",
    };
    Row { state: "text and photo", fault, answer, resident: resident.to_owned(), technician, heals }
}

fn a_lifted_card() -> Row {
    let (sim, mut reader) = pair();
    sim.lay_card(SimCard::demo().remove(0));
    sim.lift_card();
    let (answer, resident, technician) = looked(read(&mut reader));
    reads_a_card_again(&sim, &mut reader);
    let (state, fault, heals) =
        ("is a card there", "the card is lifted before it is found", "when a card is laid again");
    Row { state, fault, answer, resident: resident.to_owned(), technician, heals }
}
