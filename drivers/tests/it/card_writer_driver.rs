use drivers::card_writer::apdu::StatusWord;
use drivers::card_writer::{
    CardWriter, CardWriterSettings, LoadApproval, LoadOutcome, LoadRequest, PendingLoad, PurseWriter,
    Refusal, Settlement,
};
use drivers::simulator::{CardSlotSim, Issuer, PurseCard, SlotFault};
use drivers::status::UserFault;
use drivers::{DeviceError, DeviceState};

const KEY: [u8; 16] = [0x5A; 16];
const NUMBER: [u8; 10] = [0x01, 0x50, 0x20, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34];
const LOAD: LoadRequest = LoadRequest { amount_fen: 5000, terminal: [0x15, 0x02, 0, 0, 0, 7] };

fn card() -> PurseCard {
    PurseCard::new(NUMBER, 1230, KEY).with_counter(41)
}

fn slot(card: PurseCard) -> (CardSlotSim, PurseWriter<CardSlotSim>) {
    let slot = CardSlotSim::new();
    slot.lay_card(card);
    (slot.clone(), PurseWriter::new(slot, CardWriterSettings::default()))
}

fn approve(pending: &PendingLoad) -> LoadApproval {
    Issuer::new(KEY).approve(pending, [0x20, 0x26, 0x11, 0x24], [0x10, 0x30, 0x00]).unwrap()
}

fn load(writer: &mut impl CardWriter) -> (PendingLoad, LoadOutcome) {
    let pending = writer.begin_load(&LOAD).unwrap();
    let outcome = writer.commit_load(&pending, &approve(&pending));
    (pending, outcome)
}

#[test]
fn a_card_is_read_and_loaded() {
    for card in [card(), card().with_fetched_answers()] {
        let (slot, mut writer) = slot(card);
        let purse = writer.read_purse().unwrap().unwrap();
        assert_eq!((purse.number.digits(), purse.balance_fen), ("01502012345678901234", 1230));
        let (pending, outcome) = load(&mut writer);
        assert!(matches!(outcome, LoadOutcome::Written { tac: Some(_) }), "{outcome:?}");
        assert_eq!(writer.settle(&pending), Ok(Settlement::Written));
        assert_eq!(writer.read_purse().unwrap().unwrap().balance_fen, 6230);
        let card = slot.lift_card().unwrap();
        assert_eq!((card.balance_fen(), card.counter()), (6230, 42));
        assert_eq!(writer.read_purse(), Ok(None));
    }
}

#[test]
fn a_load_that_the_issuer_did_not_approve_is_not_written() {
    let (slot, mut writer) = slot(card());
    let pending = writer.begin_load(&LOAD).unwrap();
    assert!(Issuer::new([1; 16]).approve(&pending, [0; 4], [0; 3]).is_none(), "not its card");
    let forged = LoadApproval { mac2: [0; 4], ..approve(&pending) };
    let refused = LoadOutcome::NotWritten(Refusal::Card(StatusWord(0x9302)));
    assert_eq!(writer.commit_load(&pending, &forged), refused);
    let other = writer.begin_load(&LoadRequest { amount_fen: 9000, ..LOAD }).unwrap();
    assert_eq!(writer.commit_load(&other, &approve(&pending)), refused, "approved another amount");
    assert_eq!(slot.lift_card().unwrap().balance_fen(), 1230);
}

#[test]
fn no_write_is_sent_to_a_card_that_was_lifted_or_swapped_since_the_load_was_opened() {
    let (slot, mut writer) = slot(card());
    let pending = writer.begin_load(&LOAD).unwrap();
    let approval = approve(&pending);
    let same = slot.lift_card().unwrap();
    slot.lay_card(same);
    let outcome = writer.commit_load(&pending, &approval);
    assert_eq!(outcome, LoadOutcome::NotWritten(Refusal::ReadBack));
    assert_eq!(writer.commit_load(&pending, &approval), LoadOutcome::NotWritten(Refusal::CardLifted), "once");
    let pending = writer.begin_load(&LOAD).unwrap();
    slot.lay_card(PurseCard::new([0x99; 10], 1230, KEY));
    assert_eq!(
        writer.commit_load(&pending, &approve(&pending)),
        LoadOutcome::Unknown,
        "another card tells nothing"
    );
    assert!(!slot.take_commands().iter().any(|command| command.starts_with(&[0x80, 0x52])));
}

/// Whatever tears a write: the outcome never says what is not so, and the same card settles the rest.
#[test]
fn a_torn_write_is_never_told_wrongly_and_settled_by_the_same_card() {
    let faults = [
        SlotFault::LiftedBeforeWrite,
        SlotFault::LiftedAfterWrite,
        SlotFault::LiftedBeforeFetch,
        SlotFault::AnswerLost { written: true },
        SlotFault::AnswerLost { written: false },
        SlotFault::MemoryFailure { written: true },
        SlotFault::MemoryFailure { written: false },
        SlotFault::TimeOut,
    ];
    for fault in faults {
        let (slot, mut writer) = slot(card().with_fetched_answers());
        let pending = writer.begin_load(&LOAD).unwrap();
        slot.set_fault(fault);
        let outcome = writer.commit_load(&pending, &approve(&pending));
        let mut card = slot.lift_card().unwrap();
        let written = card.balance_fen() == 6230;
        let lifted = matches!(
            fault,
            SlotFault::LiftedBeforeWrite | SlotFault::LiftedAfterWrite | SlotFault::LiftedBeforeFetch
        );
        match outcome {
            LoadOutcome::Unknown => assert!(lifted || fault == SlotFault::TimeOut, "{fault:?}"),
            LoadOutcome::Written { .. } => assert!(written, "{fault:?}"),
            LoadOutcome::NotWritten(_) => assert!(!written, "{fault:?}"),
        }
        slot.lay_card(PurseCard::new([0x99; 10], 1230, KEY));
        assert_eq!(writer.settle(&pending), Err(DeviceError::UserError(UserFault::OtherCard)));
        slot.lay_card(card.clone());
        let truth = if written { Settlement::Written } else { Settlement::NotWritten };
        assert_eq!(writer.settle(&pending), Ok(truth), "{fault:?}");
        // After a bus ride the balance alone would say nothing.
        card.spend(200);
        slot.lay_card(card);
        let truth = if written { Settlement::Unknown } else { Settlement::NotWritten };
        assert_eq!(writer.settle(&pending), Ok(truth), "{fault:?}");
    }
}

#[test]
fn settling_writes_nothing() {
    let (slot, mut writer) = slot(card());
    let pending = writer.begin_load(&LOAD).unwrap();
    for _ in 0..3 {
        assert_eq!(writer.settle(&pending), Ok(Settlement::NotWritten));
    }
    let card = slot.lift_card().unwrap();
    assert_eq!((card.balance_fen(), card.counter()), (1230, 41));
}

#[test]
fn a_pin_is_shown_where_the_profile_has_one() {
    let (slot, mut writer) = slot(card().with_pin(&[0x12, 0x34, 0x56]));
    assert!(writer.begin_load(&LOAD).is_err());
    let settings = CardWriterSettings { pin: vec![0x12, 0x34, 0x56], ..CardWriterSettings::default() };
    let mut writer = PurseWriter::new(slot, settings);
    assert!(matches!(load(&mut writer).1, LoadOutcome::Written { .. }));
}

#[test]
fn every_trouble_has_its_state() {
    let (slot, mut writer) = slot(card());
    let settings = CardWriterSettings { application: vec![0x2F01], ..CardWriterSettings::default() };
    let mut foreign = PurseWriter::new(slot.clone(), settings);
    assert_eq!(foreign.read_purse(), Err(DeviceError::UserError(UserFault::UnsupportedCard)));
    slot.set_plugged(false);
    assert_eq!(writer.probe().map_err(|error| error.state()), Err(DeviceState::Absent));
    slot.set_plugged(true);
    assert_eq!(writer.probe(), Ok(()));
    assert!(slot.lift_card().is_some());
    assert_eq!(writer.begin_load(&LOAD).err(), Some(DeviceError::UserError(UserFault::LayCardAgain)));
}

#[test]
fn a_pending_load_outlives_the_program() {
    let (slot, mut writer) = slot(card());
    let pending = writer.begin_load(&LOAD).unwrap();
    slot.set_fault(SlotFault::LiftedAfterWrite);
    assert_eq!(writer.commit_load(&pending, &approve(&pending)), LoadOutcome::Unknown);
    let kept = serde_json::to_string(&pending).unwrap();
    drop(writer);
    slot.lay_card(slot.lift_card().unwrap());
    let mut writer = PurseWriter::new(slot, CardWriterSettings::default());
    let pending: PendingLoad = serde_json::from_str(&kept).unwrap();
    assert_eq!(writer.settle(&pending), Ok(Settlement::Written));
}
