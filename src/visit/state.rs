//! Where a visit stands: one state per page, each with what its page needs.

use crate::money::{Order, OrderId};

use super::{
    AccountFault, AmountFault, Bill, CardFault, Draft, HoldFault, LookupFault, Notice, PayStage, SlipView,
    Ticket,
};

/// The page a resident is on.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each variant is the page of the same name")]
pub enum State {
    Home,
    Catalogue(CatalogueState),
    Account(AccountState),
    Amount(AmountState),
    Bill(Draft),
    Basket,
    Card(CardState),
    MyBills(Vec<(Bill, bool)>),
    Paying(PayingState),
    Unknown(UnknownState),
    Outcome(Box<OutcomeState>),
    Lookup(LookupState),
    Notice(Notice, String),
}

/// Catalogue page.
#[derive(Clone, Debug, Default)]
pub struct CatalogueState {
    /// Selected group.
    pub group: String,
    /// Only fees of this tile, when it was opened from a tile; empty: the whole group.
    pub tile: String,
    /// What is searched.
    pub search: String,
    /// The letter pad is open.
    pub keyboard: bool,
    /// Page of tiles, from 0.
    pub sheet: usize,
}

/// Account page.
#[derive(Clone, Debug)]
pub struct AccountState {
    /// Fee type.
    pub fee: String,
    /// What was typed, without spaces.
    pub typed: String,
    /// What is wrong with it.
    pub fault: AccountFault,
    /// The question under way.
    pub ticket: Option<Ticket>,
}

/// Amount page.
#[derive(Clone, Debug)]
pub struct AmountState {
    /// Fee type.
    pub fee: String,
    /// Account number, checked.
    pub account: String,
    /// What the hall said about the account.
    pub bill: Option<Bill>,
    /// Key of the chosen amount or tariff item.
    pub chosen: Option<String>,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub fault: AmountFault,
    /// The question under way: what a tariff item costs for this account.
    pub ticket: Option<Ticket>,
}

/// Way to pay, shared by bill and basket.
#[derive(Clone, Debug, Default)]
pub struct PayState {
    /// By phone code, not card.
    pub phone_code: bool,
    /// The payment is being prepared; nothing may be touched.
    pub busy: bool,
    /// Why it could not start.
    pub fault: HoldFault,
    /// The resident agreed to a reference on the screen instead of paper.
    pub paperless_agreed: bool,
    /// The resident agreed to pay the same again.
    pub pay_again: bool,
    /// The lapsed quote is being asked for again.
    pub ticket: Option<Ticket>,
}

/// Why a card is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardPurpose {
    /// To see one's own bills; of one fee only, or of all.
    Bills(Option<String>),
    /// To find one's last order.
    Lookup,
}

/// Card page.
#[derive(Clone, Debug)]
pub struct CardState {
    /// Why a card is wanted.
    pub purpose: CardPurpose,
    /// What is wrong with it.
    pub fault: CardFault,
    /// The hall is being asked about the person.
    pub ticket: Option<Ticket>,
}

/// Paying page.
#[derive(Clone, Debug)]
pub struct PayingState {
    /// The order.
    pub order: Order,
    /// When the terminal was asked.
    pub since_ms: u64,
    /// How far it is.
    pub stage: PayStage,
}

/// Page of an outcome not yet known.
#[derive(Clone, Debug)]
pub struct UnknownState {
    /// The order.
    pub order: Order,
    /// How often the terminal was asked.
    pub queries: u32,
    /// State of the slip with the reference.
    pub slip: SlipView,
}

/// A case about a wrong account, from the resident's touch to its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CaseState {
    /// Nobody asked for one.
    #[default]
    None,
    /// The hall is being asked.
    Asked(Ticket),
    /// Its number.
    Opened(String),
    /// The hall could not be asked; it can be tried again.
    Failed,
}

/// Outcome page.
#[derive(Clone, Debug)]
pub struct OutcomeState {
    /// The order.
    pub order: Order,
    /// State of its slip.
    pub slip: SlipView,
    /// Percent of the slip that is out.
    pub percent: u8,
    /// When the slip is printed even though the hall has not booked yet; none once it was asked for.
    pub slip_due_ms: Option<u64>,
    /// 5 … 1, 0: none.
    pub rating: u8,
    /// The case of a wrong account.
    pub case: CaseState,
    /// The order is of an earlier visit.
    pub earlier: bool,
}

/// Page that finds an earlier order.
#[derive(Clone, Debug, Default)]
pub struct LookupState {
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub fault: LookupFault,
    /// The question under way.
    pub ticket: Option<Ticket>,
}

impl State {
    /// The order on this page.
    #[must_use]
    pub fn order(&self) -> Option<&OrderId> {
        match self {
            Self::Paying(state) => Some(&state.order.id),
            Self::Unknown(state) => Some(&state.order.id),
            Self::Outcome(state) => Some(&state.order.id),
            _ => None,
        }
    }
}
