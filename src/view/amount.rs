//! Amount page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use super::rows::refresh;
use crate::visit::{AmountChoice, AmountFault, AmountView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let amount = window.global::<ui::Amount>();
    let to = send.clone();
    amount.on_choose(move |key| to(Touch::ChooseAmount(key.into())));
    let to = send.clone();
    amount.on_type(move |key| to(Touch::Key(key.into())));
    amount.on_go(move || send(Touch::Go));
}

pub(super) fn show(window: &KioskWindow, view: &AmountView) {
    let amount = window.global::<ui::Amount>();
    amount.set_fee(codes::fee_head(&view.fee));
    amount.set_account((&view.account).into());
    let choices = view.choices.iter().map(choice).collect();
    refresh(&amount.get_choices(), choices, |choices| amount.set_choices(choices));
    amount.set_typing(view.typing);
    amount.set_typed((&view.typed).into());
    amount.set_amount((&view.amount).into());
    amount.set_capitals((&view.capitals).into());
    amount.set_min((&view.min).into());
    amount.set_max((&view.max).into());
    amount.set_step((&view.step).into());
    amount.set_fault(fault(view.fault));
    amount.set_cap((&view.cap).into());
    amount.set_offline(view.offline);
    amount.set_can_go(view.can_go);
}

pub(super) fn wipe(window: &KioskWindow) {
    let amount = window.global::<ui::Amount>();
    amount.set_account("".into());
    amount.set_typed("".into());
    amount.set_amount("".into());
    amount.set_capitals("".into());
}

fn choice(choice: &AmountChoice) -> ui::AmountChoice {
    ui::AmountChoice {
        key: (&choice.key).into(),
        name: (&choice.name).into(),
        amount: (&choice.amount).into(),
        selected: choice.selected,
    }
}

const fn fault(fault: AmountFault) -> ui::AmountFault {
    match fault {
        AmountFault::None => ui::AmountFault::None,
        AmountFault::BelowMin => ui::AmountFault::BelowMin,
        AmountFault::AboveMax => ui::AmountFault::AboveMax,
        AmountFault::OffStep => ui::AmountFault::OffStep,
        AmountFault::AboveOfflineCap => ui::AmountFault::AboveOfflineCap,
    }
}
