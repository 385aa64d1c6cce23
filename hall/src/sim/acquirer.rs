//! SIMULATED acquirer: approves, reverses and refunds on a book of its own.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::SimError;
use super::acquirer_book::{AcquirerBook, AcquirerBooks, ChargeRow, ChargeRowState, RefundRow};
use crate::money::Fen;
use crate::outside::{RefundAnswer, RefundDesk};
use crate::reconcile::SettledOrder;

/// Answer to an authorisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcquirerAnswer {
    /// The money is taken.
    Approved {
        /// The acquirer's number.
        reference: String,
    },
    /// No money is taken.
    Declined {
        /// Why, for example `51` for insufficient funds.
        code: String,
    },
}

/// Answer to the question what became of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcquirerQuery {
    /// The money is taken.
    Approved {
        /// The acquirer's number.
        reference: String,
        /// How much.
        amount_fen: i64,
    },
    /// Taken and given back whole.
    Reversed,
    /// Never taken.
    Declined,
    /// The acquirer never saw this order; an authorisation on its way may still come.
    NotFound,
}

/// Answer to a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReversalAnswer {
    /// Nothing is taken any more.
    Reversed,
    /// Too late: only a refund can give the money back.
    AlreadySettled,
    /// Nothing was taken.
    NotFound,
}

/// How the acquirer is to behave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AcquirerBehaviour {
    /// As usual.
    #[default]
    Usual,
    /// Every new authorisation is declined.
    Decline {
        /// Code of the decline.
        code: String,
    },
    /// Every refund is refused for good.
    RefuseRefunds {
        /// Code of the refusal.
        code: String,
    },
    /// Refunds get no answer; the money goes back all the same when `acts` is true.
    SilentRefunds {
        /// Whether the refund is made.
        acts: bool,
    },
}

/// The acquirer. Every method may be called from any thread, and again with the same answer.
pub struct Acquirer {
    book: Mutex<AcquirerBook>,
    behaviour: Mutex<AcquirerBehaviour>,
}

impl Acquirer {
    /// Opens or creates the book; `:memory:` is one that ends with the program.
    pub fn open(book: &Path) -> Result<Self, SimError> {
        let book = Mutex::new(AcquirerBook::open(book)?);
        Ok(Self { book, behaviour: Mutex::default() })
    }

    /// Changes how the acquirer behaves from now on.
    pub fn behave(&self, behaviour: AcquirerBehaviour) {
        *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    /// Takes money for an order, at most once. The same order again gives the first answer.
    pub fn authorise(
        &self,
        order_id: &str,
        amount_fen: i64,
        instrument: &str,
    ) -> Result<AcquirerAnswer, SimError> {
        let book = self.book();
        let change = book.begin()?;
        let row = match book.charge(order_id)? {
            Some(row) => row,
            None => self.new_charge(&book, order_id, amount_fen, instrument)?,
        };
        change.commit()?;
        // The same number with another amount is not the same purchase; reversed ones stay reversed.
        Ok(match row.state {
            ChargeRowState::Approved if row.amount_fen == amount_fen => {
                AcquirerAnswer::Approved { reference: row.reference }
            }
            ChargeRowState::Declined => AcquirerAnswer::Declined { code: row.reference },
            ChargeRowState::Approved | ChargeRowState::Reversed => {
                AcquirerAnswer::Declined { code: "94".to_owned() }
            }
        })
    }

    /// What became of an order.
    pub fn query(&self, order_id: &str) -> Result<AcquirerQuery, SimError> {
        let row = self.book().charge(order_id)?;
        Ok(row.map_or(AcquirerQuery::NotFound, |row| match row.state {
            ChargeRowState::Approved => {
                AcquirerQuery::Approved { reference: row.reference, amount_fen: row.amount_fen }
            }
            ChargeRowState::Declined => AcquirerQuery::Declined,
            ChargeRowState::Reversed => AcquirerQuery::Reversed,
        }))
    }

    /// Takes an approval back whole, unless it is settled or partly refunded.
    pub fn reverse(&self, order_id: &str) -> Result<ReversalAnswer, SimError> {
        let book = self.book();
        let change = book.begin()?;
        let Some(row) = book.charge(order_id)? else { return Ok(ReversalAnswer::NotFound) };
        let answer = match row.state {
            ChargeRowState::Declined => ReversalAnswer::NotFound,
            ChargeRowState::Reversed => ReversalAnswer::Reversed,
            ChargeRowState::Approved if row.settled || book.refunded(order_id)? > Fen::ZERO => {
                ReversalAnswer::AlreadySettled
            }
            ChargeRowState::Approved => {
                book.mark_reversed(order_id)?;
                ReversalAnswer::Reversed
            }
        };
        change.commit()?;
        Ok(answer)
    }

    /// Settles every approval: from now on they can be refunded only.
    pub fn settle(&self) -> Result<(), SimError> {
        self.book().settle()
    }

    /// Every row, for tests and evidence.
    pub fn books(&self) -> Result<AcquirerBooks, SimError> {
        self.book().books()
    }

    fn new_charge(
        &self,
        book: &AcquirerBook,
        order_id: &str,
        amount_fen: i64,
        instrument: &str,
    ) -> Result<ChargeRow, SimError> {
        let (state, reference) = match self.behaviour() {
            AcquirerBehaviour::Decline { code } => (ChargeRowState::Declined, code),
            _ if amount_fen <= 0 => (ChargeRowState::Declined, "13".to_owned()),
            _ => (ChargeRowState::Approved, book.next_reference('A')?),
        };
        let (order_id, instrument) = (order_id.to_owned(), instrument.to_owned());
        let row = ChargeRow { order_id, amount_fen, instrument, state, settled: false, reference };
        book.add_charge(&row)?;
        Ok(row)
    }

    fn try_refund(&self, order_id: &str, line: u32, amount: Fen) -> Result<RefundAnswer, SimError> {
        let book = self.book();
        let change = book.begin()?;
        if let Some(row) = book.refund(order_id, line)? {
            return Ok(RefundAnswer::Refunded { reference: row.reference });
        }
        let refused = |code: &str| Ok(RefundAnswer::Refused { code: code.to_owned() });
        let taken = match book.charge(order_id)? {
            Some(row) if row.state == ChargeRowState::Approved => Fen(row.amount_fen),
            _ => return refused("NO_SUCH_CHARGE"),
        };
        let left = taken.checked_sub(book.refunded(order_id)?).unwrap_or_default();
        if amount <= Fen::ZERO || amount > left {
            return refused("MORE_THAN_TAKEN");
        }
        let row = RefundRow {
            order_id: order_id.to_owned(),
            line,
            amount_fen: amount.0,
            reference: book.next_reference('R')?,
        };
        book.add_refund(&row)?;
        change.commit()?;
        Ok(RefundAnswer::Refunded { reference: row.reference })
    }

    fn book(&self) -> MutexGuard<'_, AcquirerBook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behaviour(&self) -> AcquirerBehaviour {
        self.behaviour.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl RefundDesk for Acquirer {
    fn refund(&self, order_id: &str, line: u32, amount: Fen) -> RefundAnswer {
        let behaviour = self.behaviour();
        match behaviour {
            AcquirerBehaviour::RefuseRefunds { code } => return RefundAnswer::Refused { code },
            AcquirerBehaviour::SilentRefunds { acts: false } => return RefundAnswer::Silent,
            _ => {}
        }
        let answer = self.try_refund(order_id, line, amount).unwrap_or_else(|error| {
            tracing::error!(%error, "the simulated acquirer failed");
            RefundAnswer::Silent
        });
        if matches!(behaviour, AcquirerBehaviour::SilentRefunds { .. }) {
            RefundAnswer::Silent
        } else {
            answer
        }
    }

    fn settlement(&self) -> Option<Vec<SettledOrder>> {
        let books = self.books().map_err(|error| tracing::error!(%error, "no settlement file")).ok()?;
        Some(books.charges.iter().map(|charge| settled(charge, &books.refunds)).collect())
    }
}

/// A row of the settlement file.
fn settled(charge: &ChargeRow, refunds: &[RefundRow]) -> SettledOrder {
    let refunded = refunds.iter().filter(|row| row.order_id == charge.order_id);
    let stands = charge.state == ChargeRowState::Approved;
    SettledOrder {
        order_id: charge.order_id.clone(),
        taken_fen: if stands { charge.amount_fen } else { 0 },
        refunded_fen: refunded.map(|row| row.amount_fen).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acquirer() -> Acquirer {
        Acquirer::open(Path::new(":memory:")).unwrap()
    }

    #[test]
    fn an_order_is_charged_once_and_reversed_once() {
        let acquirer = acquirer();
        let first = acquirer.authorise("A1", 100, "card").unwrap();
        assert_eq!(acquirer.authorise("A1", 100, "card").unwrap(), first);
        assert_eq!(acquirer.books().unwrap().net_fen(), 100);
        assert_eq!(acquirer.reverse("A1").unwrap(), ReversalAnswer::Reversed);
        assert_eq!(acquirer.reverse("A1").unwrap(), ReversalAnswer::Reversed);
        assert_eq!(acquirer.query("A1").unwrap(), AcquirerQuery::Reversed);
        assert_eq!(acquirer.books().unwrap().net_fen(), 0);
    }

    #[test]
    fn a_settled_charge_is_refunded_only_and_never_beyond_its_amount() {
        let acquirer = acquirer();
        acquirer.authorise("A1", 100, "card").unwrap();
        acquirer.settle().unwrap();
        assert_eq!(acquirer.reverse("A1").unwrap(), ReversalAnswer::AlreadySettled);
        let first = acquirer.refund("A1", 0, Fen(60));
        assert_eq!(acquirer.refund("A1", 0, Fen(60)), first);
        assert!(matches!(acquirer.refund("A1", 1, Fen(60)), RefundAnswer::Refused { .. }));
        assert_eq!(acquirer.books().unwrap().net_fen(), 40);
    }
}
