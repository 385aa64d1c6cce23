-- One row per business day that was compared, so that one hall does it. The kiosk is an asterisk.
CREATE TABLE reconciliations (
    kiosk         TEXT NOT NULL,
    business_date TEXT NOT NULL,
    begun_ms      INTEGER NOT NULL,
    even          INTEGER,
    differences   INTEGER,
    PRIMARY KEY (kiosk, business_date)
) STRICT;

-- Differences that a person has to look at; the same difference is found once. The kiosk is an
-- asterisk where no kiosk reported the order, the line is -1 for the whole order.
CREATE TABLE differences (
    kiosk         TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    class         TEXT NOT NULL,
    line          INTEGER NOT NULL,
    case_no       TEXT NOT NULL,
    ours_fen      INTEGER NOT NULL,
    theirs_fen    INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    owner         TEXT NOT NULL,
    PRIMARY KEY (kiosk, order_id, class, line)
) STRICT;
