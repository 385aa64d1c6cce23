-- Account numbers are sealed; a database belongs to one key. The kiosk of this row is an asterisk.
CREATE TABLE seals (
    kiosk       TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL
) STRICT;
