//! What the hall keeps about one person: who may see it, what may be printed, what a printed code says.

use hall_api::{
    ApplicationState, CopyKind, CopyRequest, LegalClock, LicenceStanding, PrintedCopy, Problem, ProblemKind,
    Records, RecordsRequest, Verification,
};

use crate::bench::{Bench, KIOSK, kind_of};
use crate::place::Kind;

tests![
    a_card_shows_the_holders_records_and_nobody_elses,
    the_clock_counts_working_days_and_stands_still_for_a_correction,
    each_copy_is_counted_and_its_code_is_verified,
    the_number_of_another_person_is_as_unknown_as_any,
    what_is_not_finished_not_checked_or_not_valid_is_not_printed,
    a_document_withdrawn_after_printing_is_told_to_whoever_asks,
    a_second_seed_changes_nothing,
];

const FIRST: &str = "150202196501011239";
const SECOND: &str = "150203195808120028";
const RESULT: &str = "150200-2026-0081123";
const LICENCE: &str = "150200026881";

fn bench(on: Kind) -> Bench {
    let bench = Bench::fresh(on);
    bench.hall.seed_records().unwrap();
    bench
}

async fn records(bench: &Bench, id_number: &str) -> Records {
    let request = RecordsRequest { kiosk: KIOSK.to_owned(), id_number: id_number.to_owned() };
    bench.post("/v1/persons/records", &request).await.unwrap()
}

async fn copy(bench: &Bench, id_number: &str, kind: CopyKind, number: &str) -> Result<PrintedCopy, Problem> {
    let (kiosk, id_number, number) = (KIOSK.to_owned(), id_number.to_owned(), number.to_owned());
    bench.post("/v1/copies", &CopyRequest { kiosk, id_number, kind, number }).await
}

async fn verify(bench: &Bench, code: &str) -> Result<Verification, Problem> {
    bench.get(&format!("/v1/copies/{code}")).await
}

async fn a_card_shows_the_holders_records_and_nobody_elses(on: Kind) {
    let bench = bench(on);
    let first = records(&bench, FIRST).await;
    assert_eq!((first.applications.len(), first.licences.len()), (3, 4));
    assert_eq!(first.applications[0].state, ApplicationState::Delivered);
    let second = records(&bench, SECOND).await;
    let numbers = |records: &Records| -> Vec<String> {
        records.applications.iter().map(|one| one.application_no.clone()).collect()
    };
    assert!(numbers(&first).iter().all(|number| !numbers(&second).contains(number)));
    assert_eq!(records(&bench, "15020319800101018X").await, Records::default());
}

async fn the_clock_counts_working_days_and_stands_still_for_a_correction(on: Kind) {
    let bench = bench(on);
    let first = records(&bench, FIRST).await;
    // Taken in on Thursday the 12th; today is Tuesday the 24th.
    assert_eq!(first.applications[1].clock, LegalClock { promised_days: 10, used_days: 8, stopped_days: 0 });
    assert_eq!(first.applications[2].state, ApplicationState::ToCorrect);
    assert_eq!(first.applications[2].clock, LegalClock { promised_days: 7, used_days: 4, stopped_days: 4 });
}

async fn each_copy_is_counted_and_its_code_is_verified(on: Kind) {
    let bench = bench(on);
    let one = copy(&bench, FIRST, CopyKind::Licence, LICENCE).await.unwrap();
    let two = copy(&bench, FIRST, CopyKind::Licence, LICENCE).await.unwrap();
    assert_eq!((one.copy, two.copy), (1, 2));
    assert!(one.code.len() == 16 && one.code != two.code);
    let said = verify(&bench, &two.code).await.unwrap();
    assert_eq!((said.copy, said.standing, said.number), (2, LicenceStanding::Valid, two.number));
    let licence = records(&bench, FIRST).await.licences.into_iter().find(|one| one.licence_no == LICENCE);
    assert_eq!(licence.unwrap().uses.len(), 2, "its holder sees every use");
    let result = copy(&bench, FIRST, CopyKind::Result, RESULT).await.unwrap();
    assert_eq!(result.copy, 1, "copies of another document are counted apart");
    assert_eq!(kind_of(verify(&bench, "0000000000000000").await), ProblemKind::UnknownRecord);
}

async fn the_number_of_another_person_is_as_unknown_as_any(on: Kind) {
    let bench = bench(on);
    let strangers = copy(&bench, SECOND, CopyKind::Result, RESULT).await.unwrap_err();
    let nobodys = copy(&bench, SECOND, CopyKind::Result, "150200-2026-9999999").await.unwrap_err();
    assert_eq!(strangers, nobodys);
    assert_eq!(strangers.kind, ProblemKind::UnknownRecord);
    let licence = copy(&bench, SECOND, CopyKind::Licence, LICENCE).await;
    assert_eq!(kind_of(licence), ProblemKind::UnknownRecord);
}

async fn what_is_not_finished_not_checked_or_not_valid_is_not_printed(on: Kind) {
    let bench = bench(on);
    let third = "15022319920229115X";
    for (person, kind, number, wanted) in [
        (FIRST, CopyKind::Result, "150200-2026-0079940", ProblemKind::NotPrintable),
        (SECOND, CopyKind::Result, "150203-2026-0011620", ProblemKind::NotPrintable),
        (FIRST, CopyKind::Licence, "XL-2008-150200-4471", ProblemKind::NotPrintable),
        (FIRST, CopyKind::Licence, "JY11502030012345", ProblemKind::NotValid),
        (third, CopyKind::Licence, "QS-150223-0098", ProblemKind::NotValid),
    ] {
        assert_eq!(kind_of(copy(&bench, person, kind, number).await), wanted, "{number}");
    }
    let unused = records(&bench, FIRST).await.licences.into_iter().all(|licence| licence.uses.is_empty());
    assert!(unused, "a refusal is no use");
}

async fn a_document_withdrawn_after_printing_is_told_to_whoever_asks(on: Kind) {
    let bench = bench(on);
    let paper = copy(&bench, FIRST, CopyKind::Licence, LICENCE).await.unwrap();
    bench.hall.withdraw_licence(LICENCE, "遗失").unwrap();
    assert_eq!(verify(&bench, &paper.code).await.unwrap().standing, LicenceStanding::Withdrawn);
    assert_eq!(kind_of(copy(&bench, FIRST, CopyKind::Licence, LICENCE).await), ProblemKind::NotValid);
}

async fn a_second_seed_changes_nothing(on: Kind) {
    let bench = bench(on);
    let before = records(&bench, FIRST).await;
    bench.hall.seed_records().unwrap();
    assert_eq!(records(&bench, FIRST).await, before);
}
