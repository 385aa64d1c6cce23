-- Every table is keyed by the kiosk first, and no key spans kiosks: one city can be spread over
-- many servers by kiosk. Amounts are fen, times are milliseconds since 1970.

CREATE TABLE kiosks (
    kiosk       TEXT PRIMARY KEY,
    epoch       INTEGER NOT NULL DEFAULT 0,
    quotes_made INTEGER NOT NULL DEFAULT 0,
    cases_made  INTEGER NOT NULL DEFAULT 0,
    events_made INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE quotes (
    kiosk       TEXT NOT NULL,
    quote_id    TEXT NOT NULL,
    biller      TEXT NOT NULL,
    fee         TEXT NOT NULL,
    account     TEXT NOT NULL,
    tariff_item TEXT,
    amount_fen  INTEGER NOT NULL,
    partial     INTEGER NOT NULL,
    lapses_ms   INTEGER NOT NULL,
    PRIMARY KEY (kiosk, quote_id)
) STRICT;
CREATE INDEX quotes_by_lapse ON quotes (lapses_ms);

-- One row per order that keeps bills; an order reported without a hold gets one too.
CREATE TABLE holds (
    kiosk       TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    lines_hash  TEXT NOT NULL,
    total_fen   INTEGER NOT NULL,
    ended       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kiosk, order_id)
) STRICT;
CREATE INDEX holds_by_order ON holds (order_id);

CREATE TABLE hold_lines (
    kiosk       TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    line        INTEGER NOT NULL,
    biller      TEXT NOT NULL,
    fee         TEXT NOT NULL,
    account     TEXT NOT NULL,
    tariff_item TEXT,
    amount_fen  INTEGER NOT NULL,
    -- 1 while the order is open and the line pays a bill; a free top-up keeps no bill.
    keeps_bill  INTEGER NOT NULL,
    PRIMARY KEY (kiosk, order_id, line),
    FOREIGN KEY (kiosk, order_id) REFERENCES holds (kiosk, order_id)
) STRICT;
CREATE INDEX hold_lines_kept ON hold_lines (biller, account) WHERE keeps_bill = 1;

CREATE TABLE orders (
    kiosk         TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    content_hash  TEXT NOT NULL,
    total_fen     INTEGER NOT NULL CHECK (total_fen >= 0),
    offline       INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    charge        TEXT NOT NULL,
    payment       TEXT,
    made_at       TEXT NOT NULL,
    received_ms   INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    PRIMARY KEY (kiosk, order_id)
) STRICT;
CREATE INDEX orders_by_id ON orders (order_id);

CREATE TABLE lines (
    kiosk            TEXT NOT NULL,
    order_id         TEXT NOT NULL,
    line             INTEGER NOT NULL,
    biller           TEXT NOT NULL,
    fee              TEXT NOT NULL,
    account          TEXT NOT NULL,
    tariff_item      TEXT,
    amount_fen       INTEGER NOT NULL CHECK (amount_fen >= 0),
    state            TEXT NOT NULL,
    -- How often the biller, or the acquirer, has been asked; written before each question.
    attempts         INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms  INTEGER NOT NULL DEFAULT 0,
    biller_reference TEXT,
    refund_reference TEXT,
    reason           TEXT,
    balance_fen      INTEGER,
    changed_ms       INTEGER NOT NULL,
    PRIMARY KEY (kiosk, order_id, line),
    FOREIGN KEY (kiosk, order_id) REFERENCES orders (kiosk, order_id)
) STRICT;
CREATE INDEX lines_due ON lines (next_attempt_ms) WHERE state IN ('booking', 'refunding');
CREATE INDEX lines_by_account ON lines (biller, account, changed_ms);

-- Double entry: the rows of one posting add up to zero, and no posting can be made twice.
CREATE TABLE postings (
    kiosk      TEXT NOT NULL,
    order_id   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    -- -1 for the whole order.
    line       INTEGER NOT NULL,
    account    TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    posted_ms  INTEGER NOT NULL,
    PRIMARY KEY (kiosk, order_id, kind, line, account),
    FOREIGN KEY (kiosk, order_id) REFERENCES orders (kiosk, order_id)
) STRICT;

CREATE TABLE balances (
    kiosk       TEXT NOT NULL,
    account     TEXT NOT NULL,
    balance_fen INTEGER NOT NULL,
    PRIMARY KEY (kiosk, account)
) STRICT;

CREATE TABLE inbox (
    kiosk    TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY (kiosk, seq)
) STRICT;

CREATE TABLE cases (
    kiosk     TEXT NOT NULL,
    order_id  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    case_no   TEXT NOT NULL,
    line      INTEGER,
    opened_ms INTEGER NOT NULL,
    PRIMARY KEY (kiosk, order_id, kind),
    FOREIGN KEY (kiosk, order_id) REFERENCES orders (kiosk, order_id)
) STRICT;

CREATE TABLE ratings (
    kiosk    TEXT NOT NULL,
    order_id TEXT NOT NULL,
    level    INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    rated_ms INTEGER NOT NULL,
    PRIMARY KEY (kiosk, order_id),
    FOREIGN KEY (kiosk, order_id) REFERENCES orders (kiosk, order_id)
) STRICT;
