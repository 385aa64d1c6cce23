use super::*;

fn every_byte(dir: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(dir).unwrap();
    files.flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn nothing_personal_is_on_the_disk_in_the_clear() {
    let (dir, journal) = fresh();
    let mut order = order(1, false);
    order.payer = Some(journal.payer_digest("330302199001011234"));
    let order = recorded(&journal, order, &charged_steps());
    journal.add_slip(&order.id, r#"{"name":"王小明"}"#, 0).unwrap();
    let bytes = every_byte(dir.path());
    for text in [ACCOUNT, "王**", "330302199001011234", "王小明", "4242", "ACQ-777"] {
        assert!(!holds(&bytes, text), "{text}");
    }
    assert!(holds(&bytes, order.id.as_str()), "the search itself works");
}

#[test]
fn a_sealed_field_does_not_open_in_another_row() {
    let (_dir, journal) = fresh();
    recorded(&journal, order(1, false), &[Step::Intend]);
    recorded(&journal, order(2, false), &[Step::Intend]);
    let swap = "UPDATE orders SET sealed = (SELECT sealed FROM orders WHERE number = 1) WHERE number = 2";
    journal.write(move |transaction| Ok(transaction.execute(swap, [])?)).unwrap();
    let read = journal.order(&order(2, false).id);
    assert!(matches!(read, Err(JournalError::Sealed { table: "orders" })), "{read:?}");
}

#[test]
fn errors_name_no_account() {
    let (_dir, journal) = fresh();
    let intended = recorded(&journal, order(1, false), &[Step::Intend]);
    let refused = journal.record(&intended, &Step::Intend).unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains(ACCOUNT));
}
