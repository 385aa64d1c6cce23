//! What a resident can do at the screen: the callbacks of `ui/api.slint` as one value.

/// One touch, as the screens name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touch {
    /// `Actions.home`
    Home,
    /// `Actions.back`
    Back,
    /// `Actions.help`
    Help,
    /// `Actions.close-overlay`
    CloseOverlay,
    /// `Actions.confirm-overlay`
    ConfirmOverlay,
    /// `Actions.extend`
    Extend,
    /// `Actions.open-catalogue` with the id of a tile, empty for all.
    OpenCatalogue(String),
    /// `Actions.log-in`
    LogIn,
    /// `Actions.open-door`
    OpenDoor(String),
    /// `Actions.open-lookup`
    OpenLookup,
    /// `Actions.open-basket`
    OpenBasket,
    /// `Catalogue.choose-group`
    ChooseGroup(String),
    /// `Catalogue.choose-fee`
    ChooseFee(String),
    /// `Catalogue.open-keyboard`
    OpenKeyboard,
    /// A key of the page's own pad: one character, or `back`, `clear`, `done`.
    Key(String),
    /// `Catalogue.turn`
    Turn(i32),
    /// The primary action of account, amount, my-bills, lookup, bill and basket.
    Go,
    /// `Account.use-card`, `Lookup.use-card`
    UseCard,
    /// `Amount.choose`
    ChooseAmount(String),
    /// `Bill.change-amount`
    ChangeAmount,
    /// `Bill.not-mine`
    NotMine,
    /// `Basket.remove`
    RemoveLine(usize),
    /// `Pay.choose-method`, true for a phone code.
    ChooseMethod(bool),
    /// `Pay.agree-paperless`
    AgreePaperless,
    /// `Pay.add-another`
    AddAnother,
    /// `MyBills.toggle`
    ToggleBill(String),
    /// `Paying.cancel`
    CancelPayment,
    /// `Unknown.print`
    PrintReference,
    /// `Unknown.leave`, `Result.finish`
    Finish,
    /// `Result.rate`
    Rate(u8),
    /// `Result.dispute`
    Dispute,
    /// `Result.slip-came-out`
    SlipCameOut(bool),
    /// `Result.another`
    Another,
    /// `Result.retry`
    Retry,
    /// `Result.reprint`
    Reprint,
    /// Any other touch of the screen: somebody is there.
    Anything,
}
