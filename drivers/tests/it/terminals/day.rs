//! What a day needs beside sales.

use drivers::CancelToken;
use drivers::payment_terminal::{Decline, ReversalOutcome, SaleOutcome, SaleProgress, UnknownReason};

use super::bench::{AMOUNT_FEN, Bench, Wire};
use super::on_every_wire;

on_every_wire!(
    a_terminal_signs_on,
    a_refund_pays_back_once_under_its_own_number,
    the_batch_comes_to_what_the_acquirer_holds,
    a_reset_frees_a_terminal_that_is_stuck_in_a_sale,
    a_terminal_at_work_declines_another_sale_as_busy,
    a_driver_works_from_its_own_thread,
);

fn a_terminal_signs_on(wire: Wire) {
    let mut bench = Bench::new(wire);
    assert_eq!(bench.terminal.sign_on(), Ok(()));
    bench.sim.set_auto(true);
    bench.approved("LC01G0000001");
}

fn a_refund_pays_back_once_under_its_own_number(wire: Wire) {
    let mut bench = Bench::new(wire);
    assert!(bench.terminal.capabilities().refund);
    bench.sim.set_auto(true);
    bench.approved("LC01G0000002");
    let refund =
        |bench: &mut Bench, number: &str, fen| bench.terminal.refund("LC01G0000002", number, fen).unwrap();
    assert_eq!(refund(&mut bench, "LC01G0000002R1", 1_663), ReversalOutcome::Reversed);
    assert_eq!(refund(&mut bench, "LC01G0000002R1", 1_663), ReversalOutcome::Reversed);
    bench.restart();
    assert_eq!(refund(&mut bench, "LC01G0000002R1", 1_663), ReversalOutcome::Reversed);
    assert_eq!(bench.bank.charged_fen(), 10_000);
    let too_much = refund(&mut bench, "LC01G0000002R2", 10_001);
    assert!(matches!(too_much, ReversalOutcome::Refused(_)), "{too_much:?}");
    let own_number = refund(&mut bench, "LC01G0000002", 1);
    assert!(matches!(own_number, ReversalOutcome::Refused(_)), "{own_number:?}");
    assert_eq!(bench.bank.charged_fen(), 10_000);
}

fn the_batch_comes_to_what_the_acquirer_holds(wire: Wire) {
    let mut bench = Bench::new(wire);
    assert!(bench.terminal.capabilities().settlement);
    bench.sim.set_auto(true);
    bench.approved("LC01G0000003");
    bench.approved("LC01G0000004");
    bench.approved("LC01G0000005");
    bench.undo("LC01G0000004");
    let closed = bench.terminal.settle().unwrap();
    assert_eq!((closed.batch.as_deref(), closed.net_fen), (Some("000001"), Some(2 * AMOUNT_FEN)));
    assert!(matches!(closed.count, None | Some(2)));
    let refused = bench.terminal.reverse("LC01G0000003");
    assert!(matches!(refused, ReversalOutcome::Refused(_)), "{refused:?}");
    assert_eq!(bench.terminal.settle().unwrap().net_fen, Some(0));
    bench.approved("LC01G0000006");
    bench.undo("LC01G0000006");
}

fn a_reset_frees_a_terminal_that_is_stuck_in_a_sale(wire: Wire) {
    let mut bench = Bench::new(wire);
    let outcome = bench.sell_until("LC01G0000007", SaleProgress::Accepted, |sim| sim.cut_cable());
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    bench.plug();
    assert!(bench.sim.waiting_for().is_some());
    assert_eq!(bench.terminal.reset(), Ok(()));
    assert_eq!(bench.sim.waiting_for(), None);
    bench.undo("LC01G0000007");
    bench.sim.set_auto(true);
    bench.approved("LC01G0000008");
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_terminal_at_work_declines_another_sale_as_busy(wire: Wire) {
    let mut bench = Bench::new(wire);
    let outcome = bench.sell_until("LC01G0000009", SaleProgress::Accepted, |sim| sim.cut_cable());
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    bench.plug();
    assert_eq!(bench.sell("LC01G0000010"), SaleOutcome::Declined(Decline::Busy));
    bench.undo("LC01G0000009");
    bench.sim.set_auto(true);
    bench.approved("LC01G0000011");
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_driver_works_from_its_own_thread(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    let mut terminal = std::mem::replace(&mut bench.terminal, super::bench::nothing());
    let sale = super::bench::sale_of("LC01G0000012");
    let port = std::thread::spawn(move || terminal.sale(&sale, &CancelToken::new(), &mut |_| {}));
    assert!(matches!(port.join().unwrap(), SaleOutcome::Approved(_)));
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}
