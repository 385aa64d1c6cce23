use drivers::id_reader::sam_v::BlockRead;
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
        assert_eq!(read.newest_address, card.newest_address);
        kinds.push(read.kind);
        sim.lift_card();
        while reader.card_present().unwrap() {}
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
    assert_eq!(reader.card_present(), Ok(true));
    assert_eq!(reader.card_present(), Ok(false));
    assert_eq!(reader.read_card(&go()), Ok(None));
}

#[test]
fn no_card_is_read_before_the_last_one_was_taken() {
    let (sim, mut reader) = pair();
    sim.lay_card(SimCard::demo().remove(0));
    assert!(reader.read_card(&go()).unwrap().is_some());
    sim.lay_card(SimCard::demo().remove(1));
    let refused = Err(DeviceError::UserError(UserFault::RemoveCard));
    assert_eq!(reader.read_card(&go()), refused, "it may be the same card");
    sim.lift_card();
    assert_eq!(reader.read_card(&go()), refused, "one miss may be the radio");
    assert_eq!(reader.read_card(&go()), Ok(None));
    sim.lay_card(SimCard::demo().remove(1));
    assert!(reader.read_card(&go()).unwrap().is_some());
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
        sim.lift_card();
        while reader.card_present().unwrap() {}
    }
}

#[test]
fn damage_recorded_in_the_field_costs_a_repetition_and_nothing_else() {
    const FIND: [u8; 2] = [0x20, 0x01];
    const SELECT: [u8; 2] = [0x20, 0x02];
    let (sim, mut reader) = pair();
    reader.probe().unwrap();
    for (command, bytes) in [
        // A byte too many in the preamble, two of the data lost.
        (SELECT, &b"\xAA\0\xAA\xAA\x96\x69\0\x0C\0\0\x90\0\0\0\0\0\0\x9C"[..]),
        // A byte after the end; a length that never comes; a wrong checksum.
        (FIND, b"\xAA\xAA\xAA\x96\x69\0\x04\0\0\x10\x14\0"),
        (SELECT, b"\xAA\xAA\xAA\x96\x69\0\x04\0\0\x10\x14\0"),
        (FIND, b"\xAA\xAA\xAA\x96\x69\x09\x04\0\0\x10\x14"),
        (SELECT, b"\xAA\xAA\xAA\x96\x69\0\x04\0\0\x80\x85"),
    ] {
        sim.lay_card(SimCard::demo().remove(0));
        sim.set_fault(Some(SamFault::Garbled { command, bytes }));
        assert!(reader.read_card(&go()).unwrap().is_some(), "{bytes:02X?}");
        sim.lift_card();
        while reader.card_present().unwrap() {}
    }
}

#[test]
fn a_module_that_finds_again_reads_a_damaged_card_without_lifting() {
    let (sim, _) = pair();
    let settings = SamVSettings { refinds: true, ..SamVSettings::default().scaled(5) };
    let mut reader = SamV::on_port(path(sim.path()), settings);
    sim.lay_card(SimCard::demo().remove(0));
    sim.set_fault(Some(SamFault::ChecksumError));
    assert!(reader.read_card(&go()).unwrap().is_some());
}

#[test]
fn every_status_of_a_failed_read_says_what_to_do() {
    use drivers::status::HardwareFault::{SamNotAuthorised, SamRefused, SamSelfTest};
    let (sim, mut reader) = pair();
    let lay_again = DeviceError::UserError(UserFault::LayCardAgain);
    let unsupported = DeviceError::UserError(UserFault::UnsupportedCard);
    let mut expected = vec![(0x40, unsupported.clone()), (0x91, unsupported)];
    expected.extend([0x31, 0x32, 0x33, 0x41, 0x47, 0x81].map(|sw3| (sw3, lay_again.clone())));
    expected.extend([0x21, 0x23, 0x24, 0x77].map(|sw3| (sw3, DeviceError::HardwareError(SamRefused(sw3)))));
    expected.push((0x60, DeviceError::HardwareError(SamSelfTest)));
    expected.push((0x66, DeviceError::HardwareError(SamNotAuthorised)));
    for (sw3, error) in expected {
        sim.lay_card(SimCard::demo().remove(0));
        sim.set_fault(Some(SamFault::ReadStatus(sw3)));
        assert_eq!(reader.read_card(&go()), Err(error), "{sw3:02X}");
    }
}

#[test]
fn photo_and_fingerprints_come_through_untouched_and_the_newest_address_counts() {
    let (sim, _) = pair();
    let settings =
        SamVSettings { read: BlockRead::TextPhotoFingerprint, ..SamVSettings::default().scaled(5) };
    let mut reader = SamV::on_port(path(sim.path()), settings);
    let card = SimCard { photo: vec![0xAA; 1024], ..SimCard::demo().remove(1) };
    sim.lay_card(card.clone());
    let read = reader.read_card(&go()).unwrap().unwrap();
    assert_eq!((read.photo.bytes(), read.fingerprints.bytes()), (&card.photo[..], &card.fingerprints[..]));
    assert_eq!(read.current_address(), card.newest_address);
    assert_eq!(read.address, card.address);
}

#[test]
fn a_reader_at_any_speed_is_found_and_brought_to_that_of_the_profile() {
    for (found_at, wanted) in [(9_600, 115_200), (38_400, 115_200), (115_200, 19_200), (57_600, 57_600)] {
        let sim = SamVSim::start(None).unwrap();
        sim.set_baud(found_at);
        let settings = SamVSettings { baud: wanted, ..SamVSettings::default().scaled(5) };
        let mut reader = SamV::on_port(path(sim.path()), settings);
        sim.lay_card(SimCard::demo().remove(0));
        assert!(reader.read_card(&go()).unwrap().is_some(), "{found_at}");
        assert_eq!(sim.baud(), wanted);
    }
}

#[test]
fn a_reader_that_forgets_its_speed_with_its_power_is_found_again() {
    let (sim, mut reader) = pair();
    sim.set_baud(9_600);
    reader.probe().unwrap();
    assert_eq!(sim.baud(), 115_200);
    sim.cut_cable();
    sim.plug_cable();
    wait_for("the reader to be found again", || reader.probe().ok());
    assert_eq!(sim.baud(), 115_200);
}

#[test]
fn a_profile_without_detection_leaves_the_speed_alone() {
    let sim = SamVSim::start(None).unwrap();
    sim.set_baud(9_600);
    let settings = SamVSettings { detect_baud: false, ..SamVSettings::default().scaled(50) };
    let mut reader = SamV::on_port(path(sim.path()), settings);
    assert!(matches!(reader.probe(), Err(DeviceError::TimeOut { .. })));
    assert_eq!(sim.baud(), 9_600);
}

#[test]
fn the_module_says_who_it_is_and_takes_its_settings() {
    let sim = SamVSim::start(None).unwrap();
    let settings = SamVSettings { max_rf_bytes: Some(0x50), ..SamVSettings::default().scaled(5) };
    let mut reader = SamV::on_port(path(sim.path()), settings);
    assert_eq!(reader.identity().unwrap(), "05.03-20190615-0000123456-0000000042");
    assert_eq!(sim.max_rf_bytes(), Some(0x50));
    reader.reset().unwrap();
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
