-- Applications with what happened to them, certificates with every use, and every printed copy. A person is
-- known by a sealed number only; names are not kept.
CREATE TABLE applications (
    application_no TEXT NOT NULL PRIMARY KEY,
    person         TEXT NOT NULL,
    item           TEXT NOT NULL,
    department     TEXT NOT NULL,
    promised_days  INTEGER NOT NULL,
    opinion        TEXT NOT NULL,
    result         TEXT NOT NULL
) STRICT;
CREATE INDEX applications_person ON applications (person);

CREATE TABLE application_events (
    application_no TEXT NOT NULL REFERENCES applications (application_no),
    seq            INTEGER NOT NULL,
    event          TEXT NOT NULL,
    day            TEXT NOT NULL,
    PRIMARY KEY (application_no, seq)
) STRICT;

CREATE TABLE licences (
    licence_no    TEXT NOT NULL PRIMARY KEY,
    person        TEXT NOT NULL,
    title         TEXT NOT NULL,
    issuer        TEXT NOT NULL,
    trust         TEXT NOT NULL,
    valid_until   TEXT NOT NULL,
    withdrawn_why TEXT NOT NULL
) STRICT;
CREATE INDEX licences_person ON licences (person);

CREATE TABLE licence_uses (
    licence_no TEXT NOT NULL REFERENCES licences (licence_no),
    seq        INTEGER NOT NULL,
    day        TEXT NOT NULL,
    kiosk      TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    PRIMARY KEY (licence_no, seq)
) STRICT;

CREATE TABLE copies (
    code   TEXT NOT NULL PRIMARY KEY,
    kind   TEXT NOT NULL,
    number TEXT NOT NULL,
    copy   INTEGER NOT NULL,
    kiosk  TEXT NOT NULL,
    day    TEXT NOT NULL,
    UNIQUE (kind, number, copy)
) STRICT;
