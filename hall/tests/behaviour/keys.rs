//! Every key begins with the kiosk, so that a city's data can be spread over servers by kiosk.

use crate::bench::Bench;
use crate::place::{Kind, Place, on_server};

tests![every_unique_key_begins_with_the_kiosk];

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

async fn every_unique_key_begins_with_the_kiosk(on: Kind) {
    let place = Place::new(on);
    Bench::at(&place).hall.stop();
    let keys = first_columns(&place);
    assert!(keys.len() >= 10, "{keys:?}");
    for (table, column) in keys {
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
