//! Keys and the primary action of the pages that take input.

use kiosk_config::{AccountFault as RuleFault, AmountFault as AmountRuleFault};

use crate::money::OrderId;

use super::{AccountFault, AmountFault, CardFault, Effect, LookupFault, State, Visit, World};

/// Longest text of the search field; the longest initials of a fee have 12 letters.
const SEARCH_MAX: usize = 12;
/// Longest amount: seven digits, a point, two digits.
const AMOUNT_MAX: usize = 10;
/// Longest reference, grouped or not.
const REFERENCE_MAX: usize = 32;

impl Visit {
    /// One key of the page's own pad: a character, or `back`, `clear`, `done`.
    pub(super) fn typed(&mut self, key: &str) -> Vec<Effect> {
        match &mut self.state {
            State::Catalogue(state) => {
                if key == "done" {
                    state.keyboard = false;
                }
                press(&mut state.search, key, SEARCH_MAX, |c| c.is_ascii_alphanumeric());
                state.search.make_ascii_lowercase();
                state.sheet = 0;
            }
            State::Account(state) if state.ticket.is_none() => {
                let Some(fee) = self.setting.fee(&state.fee) else { return Vec::new() };
                press(&mut state.typed, key, fee.account.max_len, |c| fee.account.keypad.has(c));
                state.fault = AccountFault::None;
            }
            State::Amount(state) => {
                press(&mut state.typed, key, AMOUNT_MAX, |c| c.is_ascii_digit() || c == '.');
                drop_excess(&mut state.typed);
                state.chosen = None;
                state.fault = AmountFault::None;
            }
            State::Lookup(state) if state.ticket.is_none() => {
                press(&mut state.typed, key, REFERENCE_MAX, |c| c.is_ascii_alphanumeric());
                state.fault = LookupFault::None;
            }
            _ => {}
        }
        Vec::new()
    }

    /// The primary action of the page.
    pub(super) fn go(&mut self, world: &World) -> Vec<Effect> {
        match &self.state {
            State::Account(_) => self.account_entered(world),
            State::Amount(_) => self.amount_entered(world),
            State::MyBills(_) => self.bills_chosen(),
            State::Lookup(_) => self.reference_entered(),
            State::Bill(_) | State::Basket => self.go_pay(world),
            State::Notice(..) => self.end(),
            State::Card(card) if card.fault == CardFault::HallAway || card.fault == CardFault::HallError => {
                let purpose = card.purpose.clone();
                self.want_card(purpose, world)
            }
            _ => Vec::new(),
        }
    }

    fn reference_entered(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let State::Lookup(state) = &mut self.state else { return Vec::new() };
        match OrderId::parse(&state.typed) {
            Ok(id) if state.ticket.is_none() => {
                state.ticket = Some(ticket);
                state.fault = LookupFault::None;
                vec![Effect::FindOrder(ticket, id)]
            }
            Ok(_) => Vec::new(),
            Err(_) => {
                state.fault = LookupFault::BadShape;
                Vec::new()
            }
        }
    }
}

fn press(text: &mut String, key: &str, max: usize, takes: impl Fn(char) -> bool) {
    match key {
        "back" => drop(text.pop()),
        "clear" => text.clear(),
        key => {
            let mut characters = key.chars().map(|c| c.to_ascii_uppercase());
            if let (Some(character), None) = (characters.next(), characters.next())
                && takes(character)
                && text.chars().count() < max
            {
                text.push(character);
            }
        }
    }
}

/// Keeps one point and two decimals.
fn drop_excess(typed: &mut String) {
    let point = typed.find('.');
    let extra = point.is_some_and(|at| {
        let decimals = typed.get(at + 1..).unwrap_or_default();
        decimals.contains('.') || decimals.len() > 2 || at == 0
    });
    if extra {
        typed.pop();
    }
}

/// The fault of a rule as the account page words it.
pub(super) const fn account_fault(fault: RuleFault) -> AccountFault {
    match fault {
        RuleFault::TooShort { min } => AccountFault::TooShort(min),
        RuleFault::TooLong { .. } | RuleFault::BadCharacter | RuleFault::BadShape => AccountFault::BadShape,
        RuleFault::BadCheckDigit => AccountFault::BadCheckDigit,
        RuleFault::BadDate => AccountFault::BadDate,
    }
}

/// The fault of a rule as the amount page words it.
pub(super) const fn amount_fault(fault: AmountRuleFault) -> AmountFault {
    match fault {
        AmountRuleFault::ZeroOrNegative | AmountRuleFault::BelowMin { .. } => AmountFault::BelowMin,
        AmountRuleFault::AboveMax { .. } => AmountFault::AboveMax,
        AmountRuleFault::NotOnStep { .. } | AmountRuleFault::NotOffered => AmountFault::OffStep,
    }
}
