//! Account page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use crate::visit::{AccountFault, AccountView, Keypad, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let account = window.global::<ui::Account>();
    let to = send.clone();
    account.on_type(move |key| to(Touch::Key(key.into())));
    let to = send.clone();
    account.on_go(move || to(Touch::Go));
    account.on_use_card(move || send(Touch::UseCard));
}

pub(super) fn show(window: &KioskWindow, view: &AccountView) {
    let account = window.global::<ui::Account>();
    account.set_fee(codes::fee_head(&view.fee));
    account.set_label((&view.label).into());
    account.set_hint((&view.hint).into());
    account.set_typed((&view.typed).into());
    account.set_missing(codes::count(view.missing));
    account.set_keypad(keypad(view.keypad));
    let (fault, number) = fault(view.fault);
    account.set_fault(fault);
    account.set_fault_number(codes::count(number));
    account.set_can_go(view.can_go);
    account.set_busy(view.busy);
    account.set_reader_ready(view.reader_ready);
    account.set_top_up(view.top_up);
}

pub(super) fn wipe(window: &KioskWindow) {
    window.global::<ui::Account>().set_typed("".into());
}

const fn keypad(keypad: Keypad) -> ui::Keypad {
    match keypad {
        Keypad::Digits => ui::Keypad::Digits,
        Keypad::DigitsX => ui::Keypad::DigitsX,
        Keypad::Letters => ui::Keypad::Letters,
    }
}

/// The fault and its number: for what is too short, the least length.
const fn fault(fault: AccountFault) -> (ui::AccountFault, usize) {
    let fault = match fault {
        AccountFault::TooShort(least) => return (ui::AccountFault::TooShort, least),
        AccountFault::None => ui::AccountFault::None,
        AccountFault::BadShape => ui::AccountFault::BadShape,
        AccountFault::BadCheckDigit => ui::AccountFault::BadCheckDigit,
        AccountFault::BadDate => ui::AccountFault::BadDate,
        AccountFault::Unknown => ui::AccountFault::Unknown,
        AccountFault::UnknownThrice => ui::AccountFault::UnknownThrice,
        AccountFault::NothingOwed => ui::AccountFault::NothingOwed,
        AccountFault::HallAway => ui::AccountFault::HallAway,
        AccountFault::BillerClosed => ui::AccountFault::BillerClosed,
        AccountFault::BillerSilent => ui::AccountFault::BillerSilent,
        AccountFault::HallError => ui::AccountFault::HallError,
    };
    (fault, 0)
}
