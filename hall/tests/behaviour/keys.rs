//! What stands in the database: keys that begin with the kiosk, and no number of an account or a person in
//! the open.

use crate::bench::{Bench, line};
use crate::place::{Kind, Place, on_server};

tests![
    every_unique_key_of_a_kiosks_work_begins_with_the_kiosk,
    no_number_of_an_account_or_a_person_stands_in_the_database
];

/// Table and first column of each unique index, but those of the migrations themselves.
const POSTGRES: &str = "
    SELECT t.relname::text, a.attname::text FROM pg_index i
    JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    WHERE i.indisunique AND t.relnamespace = current_schema()::regnamespace
      AND t.relname <> 'refinery_schema_history'";

const SQLITE: &str = "
    SELECT t.name, c.name FROM sqlite_master t
    JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
    WHERE t.type = 'table' AND i.[unique] = 1 AND c.seqno = 0 AND t.name <> 'refinery_schema_history'";

async fn every_unique_key_of_a_kiosks_work_begins_with_the_kiosk(on: Kind) {
    let place = Place::new(on);
    Bench::at(&place).hall.stop();
    let keys = first_columns(&place);
    assert!(keys.len() >= 10, "{keys:?}");
    for (table, column) in keys.into_iter().filter(|(table, _)| !OF_THE_CITY.contains(&table.as_str())) {
        assert_eq!(column, "kiosk", "of table {table}");
    }
}

fn first_columns(place: &Place) -> Vec<(String, String)> {
    match place.on {
        Kind::Postgres => on_server(&place.url, |client| {
            let rows = client.query(POSTGRES, &[]).unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }),
        Kind::Sqlite => {
            let file = rusqlite::Connection::open(place.books()).unwrap();
            let mut select = file.prepare(SQLITE).unwrap();
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.map(Result::unwrap).collect()
        }
    }
}

/// Records of people belong to the city and are written a few times a day; no kiosk owns them.
const OF_THE_CITY: [&str; 5] = ["applications", "application_events", "licences", "licence_uses", "copies"];

/// Every table as text.
const ROWS: &str = "
    SELECT query_to_xml('SELECT * FROM ' || relname, true, false, '')::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";

async fn no_number_of_an_account_or_a_person_stands_in_the_database(on: Kind) {
    const PHONE: (&str, &str) = ("BT-P01", "13847200011");
    let place = Place::new(on);
    let bench = Bench::at(&place);
    bench.hall.seed_records().unwrap();
    bench.quote(PHONE.0, PHONE.1, None).await.unwrap();
    bench.charge("A1", vec![line(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
    bench.until_final("A1").await;
    bench.hall.stop();
    let text = everything(&place);
    assert!(text.contains("A1") && text.contains(PHONE.0));
    assert!(!text.contains(PHONE.1));
    let people = kiosk_config::demo_people();
    let open = people.iter().find(|person| text.contains(&person.id_number) || text.contains(&person.name));
    assert!(text.contains("150200-2026-0081123") && open.is_none(), "{open:?}");
}

fn everything(place: &Place) -> String {
    match place.on {
        Kind::Postgres => on_server(&place.url, |client| {
            client.query(ROWS, &[]).unwrap().iter().map(|row| row.get::<_, String>(0)).collect()
        }),
        Kind::Sqlite => {
            let log = std::fs::read(place.books().with_extension("db-wal")).unwrap_or_default();
            let bytes = [std::fs::read(place.books()).unwrap(), log].concat();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}
