//! A terminal of any wire with its simulator and its bank.

use std::sync::Arc;

use drivers::CancelToken;
use drivers::payment_terminal::zvt::ReceiptMemory;
use drivers::payment_terminal::{
    Approval, EcrHub, EcrHubSettings, Mis, MisSettings, PayMethod, PaymentTerminal, ReversalOutcome, Sale,
    SaleOutcome, SaleProgress, Zvt, ZvtSettings,
};
use drivers::simulator::{MemoryBank, TerminalSim, TerminalTimes};

use crate::support::{path, wait_for};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    EcrHub,
    Mis,
    Zvt,
}

pub struct Bench {
    pub bank: Arc<MemoryBank>,
    pub sim: TerminalSim,
    pub terminal: Box<dyn PaymentTerminal>,
    /// Keeps what the driver must remember across a restart.
    folder: tempfile::TempDir,
    wire: Wire,
    sale_timeout_ms: u64,
}

pub const AMOUNT_FEN: i64 = 11_663;

impl Bench {
    pub fn new(wire: Wire) -> Self {
        Self::with_sale_timeout(wire, 60_000)
    }

    /// Gives a sale up after a third of a second.
    pub fn impatient(wire: Wire) -> Self {
        Self::with_sale_timeout(wire, 300)
    }

    fn with_sale_timeout(wire: Wire, sale_timeout_ms: u64) -> Self {
        let bank = Arc::new(MemoryBank::new());
        let times = TerminalTimes { sale_timeout_ms: 60_000, ..TerminalTimes::default().scaled(5) };
        let sim = match wire {
            Wire::EcrHub => TerminalSim::start(None, bank.clone(), times),
            Wire::Mis => TerminalSim::start_mis(None, bank.clone(), times),
            Wire::Zvt => TerminalSim::start_zvt(None, bank.clone(), times),
        }
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let terminal = driver(wire, &sim, &folder, sale_timeout_ms);
        Self { bank, sim, terminal, folder, wire, sale_timeout_ms }
    }

    /// The program ends and starts again; the terminal and the bank go on.
    pub fn restart(&mut self) {
        self.terminal = nothing();
        self.terminal = driver(self.wire, &self.sim, &self.folder, self.sale_timeout_ms);
    }

    pub fn sell(&mut self, order: &str) -> SaleOutcome {
        self.sell_with(order, &CancelToken::new(), &mut |_| {})
    }

    pub fn sell_with(
        &mut self,
        order: &str,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        self.terminal.sale(&sale_of(order), cancel, progress)
    }

    /// Sells and does something when the sale is so far.
    pub fn sell_until(
        &mut self,
        order: &str,
        moment: SaleProgress,
        mut act: impl FnMut(&TerminalSim),
    ) -> SaleOutcome {
        let sim = self.sim.clone();
        self.sell_with(order, &CancelToken::new(), &mut |step| {
            if step == moment {
                act(&sim);
            }
        })
    }

    pub fn approved(&mut self, order: &str) -> Approval {
        match self.sell(order) {
            SaleOutcome::Approved(approval) => approval,
            other => panic!("{other:?}"),
        }
    }

    /// Puts the cable in and waits until the driver has the terminal again.
    pub fn plug(&mut self) {
        self.sim.plug_cable();
        wait_for("the terminal", || self.terminal.probe().ok());
    }

    /// Reverses until the terminal says that it is done.
    pub fn undo(&mut self, order: &str) {
        wait_for("the reversal", || {
            let outcome = self.terminal.reverse(order);
            assert!(!matches!(outcome, ReversalOutcome::Refused(_)), "{outcome:?}");
            (outcome == ReversalOutcome::Reversed).then_some(())
        });
    }
}

pub fn sale_of(order: &str) -> Sale {
    Sale { order: order.to_owned(), amount_fen: AMOUNT_FEN, method: PayMethod::Card }
}

fn driver(
    wire: Wire,
    sim: &TerminalSim,
    folder: &tempfile::TempDir,
    sale_timeout_ms: u64,
) -> Box<dyn PaymentTerminal> {
    let port = path(sim.path());
    match wire {
        Wire::EcrHub => {
            let street = EcrHubSettings::default().scaled(10);
            let settings = EcrHubSettings {
                handshake_timeout_ms: 5000,
                query_timeout_ms: 3000,
                close_timeout_ms: 300,
                sale_timeout_ms,
                ..street
            };
            Box::new(EcrHub::on_port(port, settings))
        }
        Wire::Mis => {
            let street = MisSettings::default().scaled(10);
            let settings =
                MisSettings { close_timeout_ms: 300, query_timeout_ms: 3000, sale_timeout_ms, ..street };
            Box::new(Mis::on_port(port, settings))
        }
        Wire::Zvt => {
            let street = ZvtSettings::default().scaled(10);
            let settings =
                ZvtSettings { close_timeout_ms: 300, command_timeout_ms: 3000, sale_timeout_ms, ..street };
            let memory = ReceiptMemory::file(&folder.path().join("receipts.json")).unwrap();
            Box::new(Zvt::on_port(port, settings, memory))
        }
    }
}

pub fn nothing() -> Box<dyn PaymentTerminal> {
    Box::new(Nothing)
}

/// Stands in while a driver is dropped, because a port is open once only.
struct Nothing;

impl PaymentTerminal for Nothing {
    fn probe(&mut self) -> Result<(), drivers::DeviceError> {
        Err(drivers::DeviceError::DeviceNotReady)
    }

    fn idle(&mut self) -> Result<drivers::DeviceState, drivers::DeviceError> {
        Err(drivers::DeviceError::DeviceNotReady)
    }

    fn sale(&mut self, _: &Sale, _: &CancelToken, _: &mut dyn FnMut(SaleProgress)) -> SaleOutcome {
        unreachable!("nobody sells between two runs")
    }

    fn query(&mut self, _: &str) -> drivers::payment_terminal::QueryOutcome {
        drivers::payment_terminal::QueryOutcome::NoAnswer
    }

    fn reverse(&mut self, _: &str) -> ReversalOutcome {
        ReversalOutcome::NoAnswer
    }

    fn take_late(&mut self) -> Vec<drivers::payment_terminal::LateResult> {
        Vec::new()
    }
}
