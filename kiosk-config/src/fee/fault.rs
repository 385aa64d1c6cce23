//! Rules of the fee catalogue that a file can break.

use thiserror::Error;

use super::account::AccountFault;

/// A broken rule of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FeeFault {
    /// No group has this id.
    #[error("no group {0}")]
    UnknownGroup(String),
    /// No icon has this name.
    #[error("no icon {0}")]
    UnknownIcon(String),
    /// No colour family has this name.
    #[error("no colour family {0}")]
    UnknownTint(String),
    /// The tile has room for six characters.
    #[error("longer than the six characters of a tile")]
    LongTileText,
    /// The pattern is not a regular expression.
    #[error("not a regular expression")]
    BadPattern,
    /// The pattern would match a part of the number.
    #[error("not anchored: it must begin with ^ and end with $")]
    LoosePattern,
    /// Fewest and most characters are the wrong way round.
    #[error("the fewest characters are more than the most")]
    LengthOrder,
    /// The sample does not satisfy its own rule.
    #[error("does not satisfy its own rule: {0}")]
    BadSample(AccountFault),
    /// Least and most are the wrong way round, or not positive, or the step is not positive.
    #[error("amounts need 0 < min_fen <= max_fen and step_fen > 0")]
    AmountOrder,
    /// An offered amount that the rule would refuse.
    #[error("{0} fen is offered but would be refused")]
    BadChoice(i64),
    /// Offered amounts out of order.
    #[error("offered amounts must ascend")]
    ChoiceOrder,
    /// A tariff fee without prices, or prices without a tariff fee.
    #[error("a price list belongs to a fee whose bill is a tariff, and to no other")]
    TariffPresence,
    /// Price lists out of order.
    #[error("price lists must ascend by day")]
    TariffOrder,
    /// A list without prices, a negative price, or a key twice.
    #[error("a price list needs prices, none negative, no key twice")]
    TariffItems,
    /// A card, a statutory document or an exact amount cannot wait for the hall.
    #[error("only a free amount without a card or a statutory document can be queued")]
    QueueForbidden,
    /// Nothing says where the invoice comes from.
    #[error("says nothing")]
    NoInvoice,
}
