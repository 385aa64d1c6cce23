use drivers::id_reader::{CardKind, IdReader, SamV, SamVSettings};
use drivers::port::SerialPortLine;
use drivers::simulator::{SamFault, SamVSim, SimCard};
use drivers::status::{HardwareFault, UserFault};
use drivers::{CancelToken, DeviceError};

use crate::support::{path, wait_for};

fn pair() -> (SamVSim, SamV<SerialPortLine>) {
    let sim = SamVSim::start(None).unwrap();
    // A fifth of a second for an answer: long for a loaded machine, short for a test of silence.
    let reader = SamV::on_port(path(sim.path()), SamVSettings::default().scaled(5));
    (sim, reader)
}

fn impatient(sim: &SamVSim) -> SamV<SerialPortLine> {
    SamV::on_port(path(sim.path()), SamVSettings::default().scaled(50))
}

fn go() -> CancelToken {
    CancelToken::new()
}

#[test]
fn every_demo_card_is_read_as_it_was_laid() {
    let (sim, mut reader) = pair();
    let mut kinds = Vec::new();
    for card in SimCard::demo() {
        sim.lay_card(card.clone());
        let read = reader.read_card(&go()).unwrap().unwrap();
        assert_eq!((&read.name, &read.number), (&card.name, &card.number));
        kinds.push(read.kind);
        sim.lift_card();
    }
    assert!(kinds.contains(&CardKind::Foreigner2023) && kinds.contains(&CardKind::HongKongMacauTaiwan));
}

#[test]
fn an_empty_reader_is_no_fault() {
    let (_sim, mut reader) = pair();
    reader.probe().unwrap();
    assert_eq!(reader.read_card(&go()), Ok(None));
    assert_eq!(reader.card_present(), Ok(false));
}

#[test]
fn a_card_left_on_the_reader_is_present_until_it_is_lifted() {
    let (sim, mut reader) = pair();
    sim.lay_card(SimCard::demo().remove(0));
    assert!(reader.read_card(&go()).unwrap().is_some());
    assert_eq!(reader.card_present(), Ok(true));
    sim.lift_card();
    assert_eq!(reader.card_present(), Ok(true), "one miss may be the radio");
    assert_eq!(reader.card_present(), Ok(false));
}

#[test]
fn a_reader_that_does_not_find_again_counts_misses() {
    let (sim, mut reader) = pair();
    sim.set_refinds(false);
    sim.lay_card(SimCard::demo().remove(0));
    assert!(reader.read_card(&go()).unwrap().is_some());
    assert_eq!(reader.read_card(&go()), Ok(None));
    assert_eq!(reader.card_present(), Ok(true));
    assert_eq!(reader.card_present(), Ok(false));
}

#[test]
fn a_damaged_or_broken_read_asks_to_lay_the_card_again() {
    let (sim, mut reader) = pair();
    for fault in [SamFault::ChecksumError, SamFault::CardLiftedMidRead] {
        sim.lay_card(SimCard::demo().remove(0));
        sim.set_fault(Some(fault));
        assert_eq!(
            reader.read_card(&go()),
            Err(DeviceError::UserError(UserFault::LayCardAgain)),
            "{fault:?}"
        );
        sim.lay_card(SimCard::demo().remove(0));
        assert!(reader.read_card(&go()).unwrap().is_some(), "{fault:?}");
    }
}

#[test]
fn a_card_with_absurd_fields_is_an_error() {
    let (sim, mut reader) = pair();
    sim.lay_card(SimCard { birth: "20239999".to_owned(), ..SimCard::demo().remove(0) });
    assert!(matches!(reader.read_card(&go()), Err(DeviceError::Protocol(_))));
}

#[test]
fn silence_is_a_time_out_and_a_broken_sam_says_so() {
    let (sim, _) = pair();
    let mut reader = impatient(&sim);
    sim.set_fault(Some(SamFault::Silent));
    assert!(matches!(reader.probe(), Err(DeviceError::TimeOut { .. })));
    sim.set_fault(Some(SamFault::SelfTestFailed));
    let broken = wait_for("the SAM to say what is wrong", || match reader.probe() {
        Err(DeviceError::HardwareError(fault)) => Some(fault),
        _ => None,
    });
    assert_eq!(broken, HardwareFault::SamSelfTest);
}

#[test]
fn a_cut_cable_is_an_absent_device_and_heals() {
    let (sim, mut reader) = pair();
    reader.probe().unwrap();
    sim.cut_cable();
    let lost = wait_for("the port to be lost", || reader.read_card(&go()).err());
    assert_eq!(lost.state(), drivers::DeviceState::Absent);
    sim.plug_cable();
    sim.lay_card(SimCard::demo().remove(1));
    let card = wait_for("the port to be back", || reader.read_card(&go()).ok().flatten());
    assert_eq!(card.kind, CardKind::Resident);
}

#[test]
fn a_cancelled_read_asks_nothing() {
    let (sim, mut reader) = pair();
    sim.lay_card(SimCard::demo().remove(0));
    let cancel = go();
    cancel.cancel();
    assert_eq!(reader.read_card(&cancel), Err(DeviceError::Canceled));
}

#[test]
fn a_port_in_use_is_busy() {
    let (sim, mut reader) = pair();
    reader.probe().unwrap();
    let mut second = impatient(&sim);
    assert!(matches!(second.probe(), Err(DeviceError::PortBusy { .. })));
}

#[test]
fn a_missing_port_is_missing() {
    let mut reader = SamV::on_port("/nonexistent/port", SamVSettings::default());
    assert!(matches!(reader.probe(), Err(DeviceError::PortMissing { .. })));
}
