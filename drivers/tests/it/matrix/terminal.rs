//! Payment terminal, ECR-Hub.

use std::sync::Arc;

use drivers::CancelToken;
use drivers::payment_terminal::{
    Decline, EcrHub, EcrHubSettings, PayMethod, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale,
    SaleOutcome, SaleProgress, UnknownReason,
};
use drivers::port::SerialPortLine;
use drivers::simulator::{FaultKind, Instrument, MemoryBank, Silence, TerminalSim, TerminalTimes};

use super::{Row, State, compare, is_unplug, play, replug, strike, technician, wire_faults};
use crate::support::{path, wait_for};

const AMOUNT_FEN: i64 = 11_663;
const ORDER: &str = "LC01A0000001";

/// The words of the requests are in the frames as plain text.
const LINK: State = State { name: "the link", request: b"", after: 0 };
const SALE: State = State { name: "the receipt of the sale", request: b"ecrhub.pay.order", after: 0 };
const RESULT: State = State { name: "the result of the sale", request: b"", after: 0 };
const QUERY: State = State { name: "the answer to a query", request: b"ecrhub.pay.query", after: 0 };
const REVERSAL: State = State { name: "the answer to a reversal", request: b"ecrhub.pay.order", after: 0 };

struct Stand {
    /// A fault pulls the cable, and nobody has put it in again.
    is_cut: bool,
    bank: Arc<MemoryBank>,
    sim: TerminalSim,
    hub: EcrHub<SerialPortLine>,
}

/// The terminal's own patience is longer than the host's, and it repeats what is not acknowledged.
fn stand() -> Stand {
    let bank = Arc::new(MemoryBank::new());
    let times =
        TerminalTimes { sale_timeout_ms: 4000, heartbeat_ms: 60_000, ..TerminalTimes::default().scaled(5) };
    let sim = TerminalSim::start(None, bank.clone(), times).unwrap();
    let settings = EcrHubSettings {
        handshake_timeout_ms: 3000,
        query_timeout_ms: 2000,
        sale_timeout_ms: 3000,
        close_timeout_ms: 1000,
        heartbeat_ms: 60_000,
        ..EcrHubSettings::default().scaled(10)
    };
    let hub = EcrHub::on_port(path(sim.path()), settings);
    Stand { is_cut: false, bank, sim, hub }
}

#[test]
fn the_payment_terminal_survives_every_fault_in_every_state() {
    let mut cells: Vec<(State, &str, FaultKind)> = Vec::new();
    for state in [LINK, SALE, RESULT, QUERY, REVERSAL] {
        cells.extend(wire_faults().into_iter().map(|(name, kind)| (state, name, kind)));
    }
    let mut rows = play(&cells, |(state, name, kind)| on_the_wire(*state, name, kind));
    rows.extend(play(&SILENCES, |(name, silence)| kept_silent(name, *silence)));
    rows.push(refused());
    compare("payment-terminal", rows);
}

fn on_the_wire(state: State, fault: &'static str, kind: &FaultKind) -> Row {
    let mut stand = stand();
    stand.is_cut = is_unplug(kind);
    let strike = strike(state, kind);
    if state.name == LINK.name {
        stand.sim.faults().add(strike.clone());
    }
    let (answer, resident, technician) = match state.name {
        name if name == LINK.name => linked(&mut stand),
        name if name == QUERY.name => stand_sold(&mut stand, strike).queried(),
        name if name == REVERSAL.name => stand_sold(&mut stand, strike).reversed(),
        name => {
            let at = if name == SALE.name { SaleProgress::Connecting } else { SaleProgress::Accepted };
            let faults = stand.sim.faults().clone();
            // Whoever sees the terminal go dark taps no card.
            let taps = name != SALE.name || !is_unplug(kind);
            let outcome = stand.sell(taps, &mut |step| {
                if step == at {
                    faults.add(strike.clone());
                }
            });
            stand.settled(outcome)
        }
    };
    assert!(stand.sim.faults().struck() > 0, "{}: {fault} never struck", state.name);
    let _ = stand.hub.probe();
    stand.replug();
    wait_for("a healthy terminal", || stand.hub.probe().ok());
    let heals = if is_unplug(kind) { "by itself, once it is plugged in" } else { "by itself" };
    stand.sells_again();
    Row { state: state.name, fault, answer, resident: resident.to_owned(), technician, heals }
}

type Words = (String, &'static str, String);

fn linked(stand: &mut Stand) -> Words {
    match stand.hub.probe() {
        Ok(()) => ("linked".to_owned(), "nothing", "online".to_owned()),
        Err(error) => {
            (error.code().to_owned(), "the terminal is out of use, said on each tile", technician(&error))
        }
    }
}

/// A sale that was charged, and the fault for what comes next.
fn stand_sold(stand: &mut Stand, fault: drivers::simulator::Fault) -> &mut Stand {
    let outcome = stand.sell(true, &mut |_| {});
    assert!(matches!(outcome, SaleOutcome::Approved(_)), "{outcome:?}");
    stand.sim.faults().add(fault);
    stand
}

impl Stand {
    fn sell(&mut self, taps: bool, progress: &mut dyn FnMut(SaleProgress)) -> SaleOutcome {
        let sim = self.sim.clone();
        let sale = Sale { order: ORDER.to_owned(), amount_fen: AMOUNT_FEN, method: PayMethod::Card };
        self.hub.sale(&sale, &CancelToken::new(), &mut |step| {
            progress(step);
            if taps && step == SaleProgress::Accepted {
                sim.present(Instrument::demo_card());
            }
        })
    }

    /// Asks, as the kiosk does, until the outcome is known; and it must be the bank's.
    fn settled(&mut self, outcome: SaleOutcome) -> Words {
        let first = sale_word(&outcome);
        let charged = match outcome {
            SaleOutcome::Approved(_) => true,
            SaleOutcome::Declined(_) => false,
            SaleOutcome::Unknown(_) => self.ask(),
        };
        self.check(charged);
        let answer = match (first.starts_with("unknown"), charged) {
            (false, _) => first.clone(),
            (true, true) => format!("{first}, then asked: charged"),
            (true, false) => format!("{first}, then asked: not charged"),
        };
        (answer, resident(&first, charged), technician_word(&first))
    }

    fn replug(&mut self) {
        if std::mem::take(&mut self.is_cut) {
            replug(|| self.sim.take_events(), || self.sim.plug_cable());
        }
    }

    fn check(&self, charged: bool) {
        let expected = if charged { AMOUNT_FEN } else { 0 };
        assert_eq!(self.bank.charged_fen(), expected, "the bank's books say otherwise");
    }

    /// Until it is known. A card may be tapped meanwhile; nothing is charged twice for it.
    fn ask(&mut self) -> bool {
        self.replug();
        wait_for("the outcome", || match self.hub.query(ORDER) {
            QueryOutcome::Approved(_) => Some(true),
            QueryOutcome::Declined(_) | QueryOutcome::Canceled | QueryOutcome::NotFound => Some(false),
            QueryOutcome::InProgress | QueryOutcome::NoAnswer => None,
        })
    }

    fn queried(&mut self) -> Words {
        let first = match self.hub.query(ORDER) {
            QueryOutcome::Approved(_) => "charged",
            QueryOutcome::NoAnswer => "no answer, asked again: charged",
            other => panic!("a charged sale is said to be {other:?}"),
        };
        assert!(self.ask());
        self.check(true);
        (first.to_owned(), "the result is being confirmed, then paid", "online".to_owned())
    }

    fn reversed(&mut self) -> Words {
        let first = match self.hub.reverse(ORDER) {
            ReversalOutcome::Reversed => "reversed",
            ReversalOutcome::NoAnswer => "no answer, asked again: reversed",
            other => panic!("a reversal is said to be {other:?}"),
        };
        self.replug();
        wait_for("the reversal", || (self.hub.reverse(ORDER) == ReversalOutcome::Reversed).then_some(()));
        self.check(false);
        (first.to_owned(), "the money is being given back, then given back", "online".to_owned())
    }

    /// Whatever happened, the next sale is charged once, and no other.
    fn sells_again(&mut self) {
        let before = self.bank.charged_fen();
        let sim = self.sim.clone();
        let sale = Sale { order: "LC01A0000002".to_owned(), amount_fen: 100, method: PayMethod::Card };
        let outcome = self.hub.sale(&sale, &CancelToken::new(), &mut |step| {
            if step == SaleProgress::Accepted {
                sim.present(Instrument::demo_card());
            }
        });
        assert!(matches!(outcome, SaleOutcome::Approved(_)), "{outcome:?}");
        assert_eq!(self.bank.charged_fen(), before + 100);
    }
}

fn sale_word(outcome: &SaleOutcome) -> String {
    match outcome {
        SaleOutcome::Approved(_) => "approved".to_owned(),
        SaleOutcome::Declined(Decline::NotSent(_)) => "declined: nothing was sent".to_owned(),
        SaleOutcome::Declined(Decline::Refused(code)) => format!("declined: {code}"),
        SaleOutcome::Declined(Decline::Canceled) => "declined: canceled".to_owned(),
        SaleOutcome::Declined(Decline::Busy) => "declined: busy".to_owned(),
        SaleOutcome::Unknown(reason) => format!("unknown: {}", reason_word(reason)),
    }
}

fn reason_word(reason: &UnknownReason) -> &'static str {
    match reason {
        UnknownReason::Silence => "silence",
        UnknownReason::LinkLost => "the link was lost",
        UnknownReason::Crossed => "an answer to something else",
        UnknownReason::AmountMismatch => "another amount",
        UnknownReason::Unclear(_) => "an unclear answer",
    }
}

fn resident(first: &str, charged: bool) -> &'static str {
    match (first, charged) {
        ("approved", _) => "paid",
        (declined, _) if declined.starts_with("declined") => "not charged, and why",
        (_, true) => "the result is being confirmed, with a reference; then paid",
        (_, false) => "the result is being confirmed, with a reference; then not charged",
    }
}

fn technician_word(first: &str) -> String {
    let open = first.starts_with("unknown");
    if open { "an order whose outcome is unknown".to_owned() } else { "online".to_owned() }
}

const SILENCES: [(&str, Silence); 3] = [
    ("it charges and never says so", Silence::ApproveNoAnswer),
    ("it charges nothing and never says so", Silence::NoApproveNoAnswer),
    ("switched off", Silence::Dead),
];

fn kept_silent(fault: &'static str, silence: Silence) -> Row {
    let mut stand = stand();
    wait_for("a link", || stand.hub.probe().ok());
    let sim = stand.sim.clone();
    let outcome = stand.sell(true, &mut |step| {
        if step == SaleProgress::Accepted {
            sim.set_silence(Some(silence));
        }
    });
    stand.sim.set_silence(None);
    let (answer, resident, technician) = stand.settled(outcome);
    stand.sells_again();
    let heals = if silence == Silence::Dead { "when it is switched on" } else { "by asking for the order" };
    Row { state: RESULT.name, fault, answer, resident: resident.to_owned(), technician, heals }
}

fn refused() -> Row {
    let mut stand = stand();
    stand.sim.decline("51");
    let outcome = stand.sell(true, &mut |_| {});
    let (answer, resident, technician) = stand.settled(outcome);
    stand.sells_again();
    Row {
        state: RESULT.name,
        fault: "the bank refuses",
        answer,
        resident: resident.to_owned(),
        technician,
        heals: "nothing is broken",
    }
}
