//! What the ZVT driver remembers, and what it refuses without.

use drivers::CancelToken;
use drivers::payment_terminal::zvt::ReceiptMemory;
use drivers::payment_terminal::{
    Decline, NotSent, PaymentTerminal, QueryOutcome, ReversalOutcome, SaleOutcome, Zvt, ZvtSettings,
};
use drivers::simulator::{MemoryBank, TerminalSim, TerminalTimes};
use std::sync::Arc;

use crate::support::path;
use crate::terminals::bench::sale_of;

fn sim() -> (Arc<MemoryBank>, TerminalSim) {
    let bank = Arc::new(MemoryBank::new());
    let sim = TerminalSim::start_zvt(None, bank.clone(), TerminalTimes::default().scaled(5)).unwrap();
    sim.set_auto(true);
    (bank, sim)
}

fn terminal(sim: &TerminalSim, memory: ReceiptMemory) -> impl PaymentTerminal {
    let settings = ZvtSettings { command_timeout_ms: 3000, ..ZvtSettings::default().scaled(10) };
    Zvt::on_port(path(sim.path()), settings, memory)
}

fn sell(terminal: &mut impl PaymentTerminal, order: &str) -> SaleOutcome {
    terminal.sale(&sale_of(order), &CancelToken::new(), &mut |_| {})
}

#[test]
fn without_a_file_an_order_of_an_earlier_run_is_neither_found_nor_reversed() {
    let (bank, sim) = sim();
    let mut first = terminal(&sim, ReceiptMemory::volatile());
    assert!(matches!(sell(&mut first, "LC01H0000001"), SaleOutcome::Approved(_)));
    drop(first);
    let mut second = terminal(&sim, ReceiptMemory::volatile());
    assert_eq!(second.query("LC01H0000001"), QueryOutcome::NoAnswer);
    assert_eq!(second.reverse("LC01H0000001"), ReversalOutcome::NoAnswer);
    assert_ne!(bank.charged_fen(), 0);
}

#[test]
fn a_sale_that_cannot_be_written_down_is_not_sent() {
    let (bank, sim) = sim();
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    let mut terminal = terminal(&sim, ReceiptMemory::file(&gone.join("receipts.json")).unwrap());
    let outcome = sell(&mut terminal, "LC01H0000002");
    assert_eq!(outcome, SaleOutcome::Declined(Decline::NotSent(NotSent::NotPrepared)));
    std::fs::create_dir(&gone).unwrap();
    assert!(matches!(sell(&mut terminal, "LC01H0000002"), SaleOutcome::Approved(_)));
    assert_eq!(bank.entries().len(), 1);
}

#[test]
fn a_damaged_file_is_an_error_and_not_an_empty_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipts.json");
    std::fs::write(&file, b"{\"orders\":[").unwrap();
    assert!(ReceiptMemory::file(&file).is_err());
}

#[test]
fn the_file_holds_no_card_number() {
    let (_bank, sim) = sim();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipts.json");
    let mut terminal = terminal(&sim, ReceiptMemory::file(&file).unwrap());
    assert!(matches!(sell(&mut terminal, "LC01H0000003"), SaleOutcome::Approved(_)));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("LC01H0000003") && text.contains("1234"));
    assert!(!text.contains("622848"), "{text}");
}

#[test]
fn a_terminal_that_another_register_used_in_between_is_not_taken_for_ours() {
    let (bank, sim) = sim();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipts.json");
    let mut ours = terminal(&sim, ReceiptMemory::file(&file).unwrap());
    sim.set_silence(Some(drivers::simulator::Silence::NoApproveNoAnswer));
    let cut = sim.clone();
    let outcome = ours.sale(&sale_of("LC01H0000004"), &CancelToken::new(), &mut |step| {
        if step == drivers::payment_terminal::SaleProgress::Accepted {
            cut.cut_cable();
        }
    });
    assert!(matches!(outcome, SaleOutcome::Unknown(_)), "{outcome:?}");
    drop(ours);
    sim.plug_cable();
    sim.set_silence(None);
    let mut other = terminal(&sim, ReceiptMemory::volatile());
    assert_eq!(other.reset(), Ok(()));
    let mut sale = sale_of("LC02H0000001");
    sale.amount_fen = 500;
    sim.set_auto(true);
    assert!(matches!(other.sale(&sale, &CancelToken::new(), &mut |_| {}), SaleOutcome::Approved(_)));
    drop(other);
    let mut ours = terminal(&sim, ReceiptMemory::file(&file).unwrap());
    assert_eq!(ours.query("LC01H0000004"), QueryOutcome::NoAnswer, "another amount");
    assert_eq!(bank.charged_fen(), 500);
}
