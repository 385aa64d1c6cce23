CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    number       INTEGER PRIMARY KEY,                    -- in the order they were made
    id           TEXT NOT NULL UNIQUE,
    charge       TEXT NOT NULL,                          -- name of the state, without content
    total_fen    INTEGER NOT NULL,
    offline      INTEGER NOT NULL CHECK (offline IN (0, 1)),
    version      INTEGER NOT NULL CHECK (version > 0),
    final        INTEGER NOT NULL CHECK (final IN (0, 1)),
    exposed      INTEGER NOT NULL CHECK (exposed IN (0, 1)), -- taken offline, and the hall does not know
    payer        TEXT,                                   -- keyed digest
    made_at      TEXT NOT NULL,
    sealed       BLOB NOT NULL
) STRICT;
CREATE INDEX orders_open ON orders (number) WHERE final = 0;
CREATE INDEX orders_exposed ON orders (total_fen) WHERE exposed = 1;
CREATE INDEX orders_payer ON orders (payer) WHERE payer IS NOT NULL;

CREATE TABLE entries (
    seq          INTEGER PRIMARY KEY,
    order_id     TEXT NOT NULL REFERENCES orders (id),
    version      INTEGER NOT NULL,
    step         TEXT NOT NULL,                          -- name of the step, without content
    sealed       BLOB NOT NULL,
    UNIQUE (order_id, version)
) STRICT;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id     TEXT NOT NULL UNIQUE REFERENCES orders (id),
    version      INTEGER NOT NULL,                       -- of the newest step that the hall has to hear of
    attempts     INTEGER NOT NULL DEFAULT 0,
    set_aside    TEXT                                    -- why the hall refuses it for good
) STRICT;

CREATE TABLE slips (
    job          INTEGER PRIMARY KEY,
    order_id     TEXT NOT NULL REFERENCES orders (id),
    state        TEXT NOT NULL,
    copies       INTEGER NOT NULL DEFAULT 0,             -- how often printing began
    printed_lines INTEGER NOT NULL DEFAULT 0,
    made_at_s    INTEGER NOT NULL,                       -- the kiosk's clock; data only
    sha256       TEXT NOT NULL,
    sealed       BLOB                                    -- destroyed when no longer needed
) STRICT;
CREATE INDEX slips_order ON slips (order_id);
CREATE INDEX slips_kept ON slips (job) WHERE sealed IS NOT NULL;
