//! What may happen to a visit, in proportions that lead deep into it.

use proptest::prelude::*;

use crate::money::{Charge, DeclineReason, Method, Payment};
use crate::visit::{HallRefusal, HoldFault, NotStarted, SlipView, Touch};

const FEES: [&str; 6] = ["BT-E01", "BT-E02", "BT-P01", "BT-T01", "BT-Z05", "BT-V01"];

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Happens {
    Touch(Touch),
    /// Types the sample account of the fee on the page, or its smallest amount.
    Fill,
    Quote(i64),
    Refuse(HallRefusal),
    Bills,
    NotStarted(NotStarted),
    Charge(Charge),
    Card(bool),
    Slip(SlipView),
    Case,
    Found(bool),
    Pass(u64),
    World(u8),
}

fn touch() -> impl Strategy<Value = Touch> {
    let plain = [
        Touch::Home,
        Touch::Back,
        Touch::Help,
        Touch::CloseOverlay,
        Touch::ConfirmOverlay,
        Touch::Extend,
        Touch::LogIn,
        Touch::OpenLookup,
        Touch::OpenBasket,
        Touch::OpenKeyboard,
        Touch::UseCard,
        Touch::ChangeAmount,
        Touch::NotMine,
        Touch::AgreePaperless,
        Touch::AddAnother,
        Touch::CancelPayment,
        Touch::PrintReference,
        Touch::Finish,
        Touch::Dispute,
        Touch::Another,
        Touch::Retry,
        Touch::Reprint,
        Touch::Anything,
        Touch::OpenCatalogue(String::new()),
        Touch::OpenCatalogue("power".to_owned()),
        Touch::OpenDoor("apply".to_owned()),
        Touch::ChooseGroup("telecom".to_owned()),
        Touch::ChooseGroup("no such group".to_owned()),
        Touch::ChooseAmount("5000".to_owned()),
        Touch::ChooseAmount("lost".to_owned()),
        Touch::ChooseMethod(true),
        Touch::ToggleBill("q".to_owned()),
        Touch::SlipCameOut(true),
        Touch::SlipCameOut(false),
    ];
    prop_oneof![
        4 => proptest::sample::select(plain.to_vec()),
        4 => Just(Touch::Go),
        3 => proptest::sample::select(FEES.to_vec()).prop_map(|fee| Touch::ChooseFee(fee.to_owned())),
        1 => "[0-9.X]|back|clear|done|\u{8499}|two".prop_map(Touch::Key),
        1 => any::<i32>().prop_map(Touch::Turn),
        1 => (0_usize..10).prop_map(Touch::RemoveLine),
        1 => any::<u8>().prop_map(Touch::Rate),
    ]
}

fn charge() -> impl Strategy<Value = Charge> {
    let payment = Payment {
        channel_reference: "1".to_owned(),
        method: Method::Card,
        scheme: "UNIONPAY".to_owned(),
        card_last4: None,
        terminal: "T".to_owned(),
    };
    proptest::sample::select(vec![
        Charge::Intended,
        Charge::Charging,
        Charge::Charging,
        Charge::Declined(DeclineReason::GaveUp),
        Charge::Declined(DeclineReason::Canceled),
        Charge::Free,
        Charge::Charged(payment),
        Charge::Unknown,
        Charge::Reversing(2),
        Charge::Reversed,
        Charge::ReversalRefused,
        Charge::Manual,
    ])
}

fn refusal() -> impl Strategy<Value = HallRefusal> {
    proptest::sample::select(vec![
        HallRefusal::Unknown,
        HallRefusal::NothingOwed,
        HallRefusal::BillerClosed,
        HallRefusal::BillerSilent,
        HallRefusal::Away,
        HallRefusal::Failed,
    ])
}

fn slip() -> impl Strategy<Value = SlipView> {
    use SlipView::{Doubtful, Held, Interrupted, Paperless, Printed, Printing, Waiting};
    proptest::sample::select(vec![Waiting, Printing, Printed, Interrupted, Held, Doubtful, Paperless])
}

fn not_started() -> impl Strategy<Value = NotStarted> {
    proptest::sample::select(vec![
        NotStarted::PaidJustNow("BT07-1-1".to_owned()),
        NotStarted::Fault(HoldFault::Expired),
        NotStarted::Fault(HoldFault::HallAway("x".to_owned())),
        NotStarted::Fault(HoldFault::DiskFull),
    ])
}

pub fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        12 => touch().prop_map(Happens::Touch),
        4 => Just(Happens::Fill),
        4 => (-500_i64..50_000).prop_map(Happens::Quote),
        1 => refusal().prop_map(Happens::Refuse),
        1 => Just(Happens::Bills),
        1 => not_started().prop_map(Happens::NotStarted),
        3 => charge().prop_map(Happens::Charge),
        1 => any::<bool>().prop_map(Happens::Card),
        2 => slip().prop_map(Happens::Slip),
        1 => Just(Happens::Case),
        1 => any::<bool>().prop_map(Happens::Found),
        2 => (0_u64..90_000).prop_map(Happens::Pass),
        1 => any::<u8>().prop_map(Happens::World),
    ]
}
