-- Single-use tokens that enrol a kiosk, kept as digests, and the certificates that were given.
CREATE TABLE tokens (
    kiosk      TEXT NOT NULL,
    digest     TEXT NOT NULL,
    lapses_ms  INTEGER NOT NULL,
    used_ms    INTEGER,
    PRIMARY KEY (kiosk, digest)
) STRICT;

CREATE TABLE certificates (
    kiosk        TEXT NOT NULL,
    serial       TEXT NOT NULL,
    issued_ms    INTEGER NOT NULL,
    not_after_ms INTEGER NOT NULL,
    revoked_ms   INTEGER,
    PRIMARY KEY (kiosk, serial)
) STRICT;
CREATE INDEX certificates_revoked ON certificates (not_after_ms) WHERE revoked_ms IS NOT NULL;
