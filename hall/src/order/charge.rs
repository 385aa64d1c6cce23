//! Legal changes of the charge, and what they mean for the lines.

use hall_api::{ChargeState, LineState};

use crate::money::Fen;

/// States directly after the given one. From `Reversing` on, no arrow leads back to a booking.
const fn next(from: ChargeState) -> &'static [ChargeState] {
    match from {
        ChargeState::Unknown => {
            &[ChargeState::Charged, ChargeState::Declined, ChargeState::Reversing, ChargeState::Manual]
        }
        ChargeState::Declined => &[ChargeState::Reversing],
        ChargeState::Reversing => &[ChargeState::Reversed, ChargeState::ReversalRefused, ChargeState::Manual],
        ChargeState::Reversed => &[ChargeState::Manual],
        ChargeState::Free | ChargeState::Charged | ChargeState::ReversalRefused | ChargeState::Manual => &[],
    }
}

/// True when a report may move the charge from `from` to `to`. A kiosk that was offline reports
/// only where it stands now, so states in between may be skipped; a first report may have any state.
#[must_use]
pub fn can_follow(from: Option<ChargeState>, to: ChargeState) -> bool {
    match from {
        None => true,
        Some(from) => from == to || next(from).iter().any(|&step| can_follow(Some(step), to)),
    }
}

/// Where a line stands once the charge has come to `charge`.
#[must_use]
pub fn line_after(charge: ChargeState, amount: Fen) -> LineState {
    match charge {
        ChargeState::Unknown | ChargeState::Reversing => LineState::Waiting,
        ChargeState::Free | ChargeState::Charged => LineState::Booking,
        ChargeState::Declined | ChargeState::Reversed => LineState::Void,
        ChargeState::ReversalRefused if amount == Fen::ZERO => LineState::Void,
        ChargeState::ReversalRefused => LineState::Refunding,
        ChargeState::Manual => LineState::Manual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChargeState::{Charged, Declined, Free, Manual, ReversalRefused, Reversed, Reversing, Unknown};

    const ALL: [ChargeState; 8] =
        [Declined, Free, Unknown, Charged, Reversing, Reversed, ReversalRefused, Manual];

    #[test]
    fn no_booking_follows_a_decline_or_a_reversal() {
        for from in [Declined, Reversing, Reversed, ReversalRefused, Manual] {
            assert!(!can_follow(Some(from), Charged) && !can_follow(Some(from), Free));
        }
    }

    #[test]
    fn charged_and_free_are_final() {
        for to in ALL {
            assert_eq!(can_follow(Some(Charged), to), to == Charged);
            assert_eq!(can_follow(Some(Free), to), to == Free);
        }
    }

    #[test]
    fn states_in_between_may_be_skipped() {
        assert!(can_follow(Some(Unknown), ReversalRefused));
        assert!(can_follow(Some(Declined), Reversed));
        assert!(can_follow(None, ReversalRefused));
    }
}
