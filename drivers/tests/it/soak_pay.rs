//! No payment is lost, doubled, or left unknown without a mark, on any wire.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use drivers::CancelToken;
use drivers::payment_terminal::zvt::ReceiptMemory;
use drivers::payment_terminal::{
    Approval, EcrHub, EcrHubSettings, Mis, MisSettings, PayMethod, PaymentTerminal, QueryOutcome,
    ReversalOutcome, Sale, SaleOutcome, Zvt, ZvtSettings,
};
use drivers::simulator::{BankEntry, Fault, MemoryBank, Silence, TerminalSim, TerminalTimes};
use drivers::with_waits_divided;

use crate::soak::{Dice, FAST, soak};
use crate::support::{path, wait_within};
use crate::terminals::bench::Wire;

/// Longest wait for an end: the kiosk asks for ever, and with waits this short a machine at work on something
/// else lets each question run out.
const PATIENCE: Duration = Duration::from_secs(600);

/// Questions before an unknown sale is taken back, as the kiosk asks.
const QUERIES: u32 = 5;

struct Stand {
    wire: Wire,
    bank: Arc<MemoryBank>,
    sim: TerminalSim,
    terminal: Box<dyn PaymentTerminal>,
}

impl Stand {
    fn new(wire: Wire) -> Self {
        let bank = Arc::new(MemoryBank::new());
        let times = TerminalTimes::default().scaled(FAST);
        let sim = match wire {
            Wire::EcrHub => TerminalSim::start(None, bank.clone(), times),
            Wire::Mis => TerminalSim::start_mis(None, bank.clone(), times),
            Wire::Zvt => TerminalSim::start_zvt(None, bank.clone(), times),
        }
        .unwrap();
        sim.set_auto(true);
        let terminal = driver(wire, path(sim.path()));
        Self { wire, bank, sim, terminal }
    }

    fn spoil(&self, dice: &mut Dice) {
        match dice.roll(50) {
            0..=19 => {}
            20 => self.sim.set_silence(Some(Silence::ApproveNoAnswer)),
            21 => self.sim.set_silence(Some(Silence::NoApproveNoAnswer)),
            22 => self.sim.set_silence(Some(Silence::Dead)),
            23 => self.sim.set_copies(true),
            24 => self.sim.cross_next_result(),
            25 => self.bank.set_out_of_reach(true),
            26..=29 => self.sim.decline("51"),
            _ => {
                let (fault, after) = (dice.fault(), dice.roll(self.transmissions()) as u32);
                self.sim.faults().add(Fault { after, ..fault });
            }
        }
    }

    /// In which of its transmissions a terminal is struck: about as many as a plain sale takes.
    fn transmissions(&self) -> u64 {
        match self.wire {
            Wire::EcrHub => 2,
            Wire::Mis => 4,
            Wire::Zvt => 8,
        }
    }

    fn heal(&self) {
        self.sim.faults().clear();
        self.sim.plug_cable();
        self.sim.set_silence(None);
        self.sim.set_copies(false);
        self.bank.set_out_of_reach(false);
    }

    /// What the kiosk ends with: the approval, if the order is paid.
    fn settle(&mut self, sale: &Sale) -> Option<Approval> {
        match self.terminal.sale(sale, &CancelToken::new(), &mut |_| {}) {
            SaleOutcome::Approved(approval) => return Some(approval),
            SaleOutcome::Declined(_) => return None,
            SaleOutcome::Unknown(_) => {}
        }
        for _ in 0..QUERIES {
            match self.terminal.query(&sale.order) {
                QueryOutcome::Approved(approval) if approval.amount_fen == sale.amount_fen => {
                    return Some(approval);
                }
                QueryOutcome::Declined(_) | QueryOutcome::Canceled => return None,
                _ => {}
            }
        }
        self.undo(&sale.order);
        None
    }

    /// The first try still meets the faults of the sale. It is bounded by time: a port that is not opened
    /// again yet fails a thousand times in a millisecond.
    fn undo(&mut self, order: &str) {
        let mut healed = false;
        until(order, || match self.terminal.reverse(order) {
            ReversalOutcome::Reversed => Some(()),
            ReversalOutcome::Refused(code) => panic!("{order}: refused with {code}"),
            ReversalOutcome::NotReversedYet | ReversalOutcome::NoAnswer => {
                if !std::mem::replace(&mut healed, true) {
                    self.heal();
                }
                None
            }
        });
    }

    /// The terminal's own book says the same.
    fn compare(&mut self, order: &str, paid: Option<&Approval>) {
        let Some(approval) = paid else {
            let said = self.terminal.query(order);
            assert!(!matches!(said, QueryOutcome::Approved(_)), "{order} is not paid: {said:?}");
            return;
        };
        let said = until(order, || match self.terminal.query(order) {
            QueryOutcome::InProgress | QueryOutcome::NoAnswer => None,
            said => Some(said),
        });
        let QueryOutcome::Approved(known) = said else { panic!("{order} is paid: {said:?}") };
        let told = |one: &Approval| (one.order.clone(), one.amount_fen, one.trans_no.clone());
        assert_eq!(told(&known), told(approval));
    }

    /// Under which name the bank has a charge. It knows a ZVT terminal's by their receipts.
    fn name_at_the_bank(&self, approval: &Approval) -> String {
        match self.wire {
            Wire::EcrHub | Wire::Mis => approval.order.clone(),
            Wire::Zvt => format!("ZVT{}", approval.trans_no.rsplit('-').next().unwrap()),
        }
    }

    fn charged(&self) -> BTreeMap<String, i64> {
        let standing = |entry: &BankEntry| !entry.trans_no.is_empty() && !entry.reversed;
        let entries = self.bank.entries().into_iter().filter(standing);
        entries.map(|entry| (entry.order, entry.amount_fen)).collect()
    }
}

/// What became of an order.
fn until<T>(order: &str, attempt: impl FnMut() -> Option<T>) -> T {
    wait_within(PATIENCE, &format!("an end of {order}"), attempt)
}

fn driver(wire: Wire, port: &str) -> Box<dyn PaymentTerminal> {
    match wire {
        Wire::EcrHub => {
            Box::new(EcrHub::on_port(port, with_waits_divided(&EcrHubSettings::default(), FAST).unwrap()))
        }
        Wire::Mis => Box::new(Mis::on_port(port, with_waits_divided(&MisSettings::default(), FAST).unwrap())),
        Wire::Zvt => {
            let settings = with_waits_divided(&ZvtSettings::default(), FAST).unwrap();
            Box::new(Zvt::on_port(port, settings, ReceiptMemory::volatile()))
        }
    }
}

/// A third of the payments.
fn pay(wire: Wire) {
    let mut stand = Stand::new(wire);
    let faults = stand.sim.faults().clone();
    soak(&format!("payments, {wire:?}"), &faults, |all, mut dice| {
        let runs = all.div_ceil(3);
        let mut paid = BTreeMap::new();
        for number in 0..runs {
            let amount_fen = 1 + dice.roll(1_000_000) as i64;
            let sale = Sale { order: format!("BT07{number:08}"), amount_fen, method: PayMethod::Card };
            stand.spoil(&mut dice);
            let approval = stand.settle(&sale);
            stand.heal();
            stand.compare(&sale.order, approval.as_ref());
            if let Some(approval) = approval {
                assert_eq!((&approval.order, approval.amount_fen), (&sale.order, sale.amount_fen));
                let twice = paid.insert(stand.name_at_the_bank(&approval), amount_fen);
                assert_eq!(twice, None, "one charge for two orders: {approval:?}");
            }
        }
        // Once everything is over: nothing may have been charged later either.
        assert_eq!(stand.charged(), paid, "the bank's book and ours differ");
        assert!(paid.len() as u64 > runs / 4, "hardly anything was paid: {}", paid.len());
        eprintln!("payments, {wire:?}: {} of {runs} paid, the rest surely not", paid.len());
    });
}

#[test]
fn no_ecr_hub_payment_is_lost_doubled_or_left_unknown_without_a_mark() {
    pay(Wire::EcrHub);
}

#[test]
fn no_mis_payment_is_lost_doubled_or_left_unknown_without_a_mark() {
    pay(Wire::Mis);
}

#[test]
fn no_zvt_payment_is_lost_doubled_or_left_unknown_without_a_mark() {
    pay(Wire::Zvt);
}
