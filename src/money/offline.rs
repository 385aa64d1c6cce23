//! Which payments are taken while the hall does not answer. Only the booking is put off, never the debit.

use thiserror::Error;

use super::Fen;

/// Why a line is not taken now. No money has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OfflineRefusal {
    /// The fee needs the hall: a bill, a card to write, a statutory document.
    #[error("this fee cannot be booked later")]
    NotQueueable,
    /// More than one line may carry.
    #[error("the amount is above the limit of one line")]
    AbovePerLine,
    /// With what the hall has not acknowledged yet, more than the kiosk may carry.
    #[error("the kiosk carries as much unsent money as it may")]
    AbovePerKiosk,
}

/// Whether a line may be taken without the hall. `unsent_fen` is what the hall has not acknowledged, from the
/// intent on, unknown orders and the other lines of this basket included, but not this line.
pub fn admit_offline(
    queueable: bool,
    line_fen: Fen,
    unsent_fen: Fen,
    per_line: Fen,
    per_kiosk: Fen,
) -> Result<(), OfflineRefusal> {
    if !queueable {
        return Err(OfflineRefusal::NotQueueable);
    }
    if line_fen > per_line {
        return Err(OfflineRefusal::AbovePerLine);
    }
    match unsent_fen.plus(line_fen) {
        Ok(sum) if sum <= per_kiosk => Ok(()),
        _ => Err(OfflineRefusal::AbovePerKiosk),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_may_be_reached_but_not_passed() {
        let fen = |fen| Fen::new(fen).unwrap();
        let ask = |queueable, line, unsent| {
            admit_offline(queueable, fen(line), fen(unsent), fen(20_000), fen(500_000))
        };
        assert_eq!(ask(true, 20_000, 480_000), Ok(()));
        assert_eq!(ask(true, 20_001, 0), Err(OfflineRefusal::AbovePerLine));
        assert_eq!(ask(true, 20_000, 480_001), Err(OfflineRefusal::AbovePerKiosk));
        assert_eq!(ask(false, 1, 0), Err(OfflineRefusal::NotQueueable));
    }

    #[test]
    fn a_sum_beyond_all_amounts_is_refused_too() {
        let huge = Fen::new(1_000_000_000).unwrap();
        assert_eq!(admit_offline(true, huge, huge, huge, huge), Err(OfflineRefusal::AbovePerKiosk));
    }
}
