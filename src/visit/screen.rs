//! What the resident sees, as a value. `view` carries it to the Slint globals of `ui/api.slint`, whose names
//! it shares.
//!
//! Codes and numbers only: words are chosen in the screens. Amounts are text made from integer fen.

/// Everything on the screen at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// Header, bottom bar, overlay.
    pub frame: Frame,
    /// The page between them.
    pub page: Page,
}

/// Header, bottom bar and overlay.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Name of the hall.
    pub hall_name: String,
    /// Number of the kiosk in the hall.
    pub kiosk_number: String,
    /// The hall answers.
    pub online: bool,
    /// Devices or hall are simulated.
    pub simulated: bool,
    /// Month, day, ISO weekday, `HH:MM`.
    pub date: (i8, i8, i8),
    /// `HH:MM`.
    pub clock: String,
    /// Step of the step bar, 0 for none.
    pub step: u8,
    /// Seconds until the visit ends by itself; none: no countdown.
    pub countdown_s: Option<u32>,
    /// Home may be touched.
    pub can_leave: bool,
    /// Back may be touched.
    pub can_back: bool,
    /// Telephone for help.
    pub hotline: String,
    /// The nearest window that takes cash.
    pub cash_window: String,
    /// Lines in the basket.
    pub basket_count: usize,
    /// Their sum.
    pub basket_total: String,
    /// What lies over the page.
    pub overlay: Overlay,
}

/// What lies over the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The visit is about to end.
    IdleWarning,
    /// Where to get help.
    Help,
    /// The same was paid within ten minutes, by the order with this reference.
    PayAgain(String),
    /// Leaving drops what is in the basket.
    EndVisit,
}

/// The page between header and bottom bar.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant is the page of the same name")]
pub enum Page {
    Home(HomeView),
    Catalogue(CatalogueView),
    Account(AccountView),
    Amount(AmountView),
    Bill(BillView, PayView),
    Basket(BasketView, PayView),
    Card(CardView),
    MyBills(MyBillsView),
    Paying(PayingView),
    Unknown(UnknownView),
    Outcome(OutcomeView),
    Lookup(LookupView),
    Notice(NoticeView),
    OutOfService(OutOfServiceView),
}

impl Page {
    /// Name of the page, for reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Home(_) => "home",
            Self::Catalogue(_) => "catalogue",
            Self::Account(_) => "account",
            Self::Amount(_) => "amount",
            Self::Bill(..) => "bill",
            Self::Basket(..) => "basket",
            Self::Card(_) => "card",
            Self::MyBills(_) => "my-bills",
            Self::Paying(_) => "paying",
            Self::Unknown(_) => "unknown",
            Self::Outcome(_) => "outcome",
            Self::Lookup(_) => "lookup",
            Self::Notice(_) => "notice",
            Self::OutOfService(_) => "out-of-service",
        }
    }
}

/// Why something cannot be finished now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum Obstacle {
    #[default]
    None,
    HallAway,
    PrinterAbsent,
    PaperOut,
    CardWriterAbsent,
    TerminalAbsent,
    TerminalBlocked,
    DayCut,
    ClosedHours,
    CameraAbsent,
    PrintOnly,
    OfflineCap,
    ComingLater,
    ReaderAbsent,
    BasketFull,
}

/// Head of a fee on its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct FeeHead {
    pub name: String,
    pub biller: String,
    pub icon: String,
    pub tint: String,
}

/// Home page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct HomeView {
    pub fee_count: usize,
    pub tiles: Vec<HomeTile>,
    pub reader_ready: bool,
    pub terminal_blocked: bool,
}

/// One of the six tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct HomeTile {
    pub id: String,
    pub name: String,
    pub icon: String,
    pub tint: String,
    pub obstacle: Obstacle,
}

/// Catalogue page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct CatalogueView {
    /// Id, name, selected.
    pub groups: Vec<(String, String, bool)>,
    pub fees: Vec<FeeTile>,
    pub search: String,
    pub keyboard: bool,
    pub sheet: usize,
    pub sheets: usize,
}

/// What a fee asks for, in one word on its tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum FeeKind {
    Bill,
    TopUp,
    Tariff,
    CardWrite,
}

/// One fee in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct FeeTile {
    pub code: String,
    pub name: String,
    pub kind: FeeKind,
    pub icon: String,
    pub tint: String,
    pub obstacle: Obstacle,
    pub obstacle_detail: String,
}

/// Which keys an account needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum Keypad {
    Digits,
    DigitsX,
    Letters,
}

/// What is wrong with an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum AccountFault {
    #[default]
    None,
    TooShort(usize),
    BadShape,
    BadCheckDigit,
    BadDate,
    Unknown,
    UnknownThrice,
    NothingOwed,
    HallAway,
    BillerClosed,
    BillerSilent,
    HallError,
}

/// Account page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct AccountView {
    pub fee: FeeHead,
    pub label: String,
    pub hint: String,
    pub typed: String,
    pub missing: usize,
    pub keypad: Keypad,
    pub fault: AccountFault,
    pub can_go: bool,
    pub busy: bool,
    pub reader_ready: bool,
    pub top_up: bool,
}

/// What is wrong with an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum AmountFault {
    #[default]
    None,
    BelowMin,
    AboveMax,
    OffStep,
    AboveOfflineCap,
}

/// Amount page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct AmountView {
    pub fee: FeeHead,
    pub account: String,
    pub choices: Vec<AmountChoice>,
    pub typing: bool,
    pub typed: String,
    pub amount: String,
    pub capitals: String,
    pub min: String,
    pub max: String,
    pub step: String,
    pub fault: AmountFault,
    pub cap: String,
    pub offline: bool,
    pub can_go: bool,
}

/// One amount to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct AmountChoice {
    pub key: String,
    pub name: String,
    pub amount: String,
    pub selected: bool,
}

/// Bill page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct BillView {
    pub fee: FeeHead,
    /// Label, value.
    pub rows: Vec<(String, String)>,
    pub amount: String,
    pub capitals: String,
    pub partial: bool,
    pub free: bool,
    pub offline: bool,
}

/// Basket page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct BasketView {
    pub lines: Vec<BasketLine>,
    pub total: String,
    pub capitals: String,
}

/// One line of the basket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct BasketLine {
    pub name: String,
    pub account: String,
    pub amount: String,
    pub icon: String,
    pub tint: String,
}

/// Why the payment could not start. No money has moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum HoldFault {
    #[default]
    None,
    HeldElsewhere(String),
    Changed,
    Expired,
    NothingOwed,
    BillerClosed,
    BillerSilent,
    /// Names the line that cannot be paid while the hall is away; empty for the only one.
    HallAway(String),
    HallError,
    DayCut,
    DiskFull,
    OfflineCap,
    /// Beyond what this kiosk takes in one payment.
    AboveLimit,
}

/// Way to pay, on the bill and the basket page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct PayView {
    pub phone_code: bool,
    pub busy: bool,
    pub fault: HoldFault,
    pub obstacle: Obstacle,
    pub paperless: bool,
    pub paperless_agreed: bool,
    pub can_add: bool,
}

/// What is wrong with the ID card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum CardFault {
    #[default]
    None,
    Lifted,
    Unreadable,
    Unsupported,
    Expired,
    ReaderAbsent,
    HallAway,
    HallError,
}

/// Card page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct CardView {
    pub reading: bool,
    pub fault: CardFault,
    pub take_away: bool,
}

/// Bills of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct MyBillsView {
    pub person: String,
    pub bills: Vec<MyBill>,
    pub selected_count: usize,
    pub total: String,
    pub take_card: bool,
}

/// One bill of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct MyBill {
    pub id: String,
    pub name: String,
    pub account: String,
    pub period: String,
    pub amount: String,
    pub icon: String,
    pub tint: String,
    pub selected: bool,
    pub obstacle: Obstacle,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum PayStage {
    Preparing,
    Waiting,
    Processing,
    Canceling,
}

/// Paying page.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct PayingView {
    pub phone_code: bool,
    pub stage: PayStage,
    pub remaining_s: u32,
    /// Of the time left, 0…1.
    pub fraction: f32,
    pub amount: String,
    pub what: String,
}

/// Where a slip stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum SlipView {
    #[default]
    None,
    Waiting,
    Printing,
    Printed,
    Interrupted,
    Held,
    Doubtful,
    Paperless,
}

/// Page of an outcome not yet known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct UnknownView {
    pub reference: String,
    pub reversing: bool,
    pub attempt: u32,
    pub slip: SlipView,
    /// Text of the QR code that leads to the order.
    pub qr: String,
    pub can_leave: bool,
}

/// How an order came out, as its page says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum Outcome {
    Paid,
    Pending,
    Partly,
    Rejected,
    Declined(crate::money::DeclineReason),
    Reversed,
    Free,
    Refunding,
}

/// How a line came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum LineOutcome {
    Booking,
    Booked,
    Rejected,
    Refunding,
    Refunded,
    Manual,
    Offline,
}

/// One line of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct OutcomeLine {
    pub name: String,
    pub account: String,
    pub amount: String,
    pub state: LineOutcome,
    pub detail: String,
}

/// A case about a wrong account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum CaseView {
    None,
    Asked,
    /// Its number.
    Opened(String),
    Failed,
}

/// Outcome page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct OutcomeView {
    pub outcome: Outcome,
    pub lines: Vec<OutcomeLine>,
    pub total: String,
    pub capitals: String,
    pub phone_code: bool,
    pub scheme: String,
    pub card_last4: String,
    pub reference: String,
    pub slip: SlipView,
    pub slip_percent: u8,
    /// Text of the QR code, shown instead of paper; empty: none.
    pub qr: String,
    pub rating: u8,
    pub can_dispute: bool,
    pub case: CaseView,
    pub can_retry: bool,
    /// A slip is held for this person and can be printed now.
    pub can_reprint: bool,
}

/// What is wrong with a reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum LookupFault {
    #[default]
    None,
    BadShape,
    Unknown,
    HallAway,
}

/// Page that finds an earlier order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct LookupView {
    pub typed: String,
    pub can_go: bool,
    pub reader_ready: bool,
    pub fault: LookupFault,
}

/// A page that only says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum Notice {
    ComingLater,
    TooManyUnknown,
    NothingOwed,
    NoOpenBills,
    NoEarlierOrder,
    CardLeft,
}

/// Notice page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct NoticeView {
    pub notice: Notice,
    pub door: String,
}

/// Why the kiosk serves nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub enum OutOfService {
    #[default]
    None,
    Starting,
    StorageFull,
    StorageFailed,
    Configuration,
    Maintenance,
}

/// Out-of-service page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of ui/api.slint")]
pub struct OutOfServiceView {
    pub reason: OutOfService,
    pub reference: String,
}
