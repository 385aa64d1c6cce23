-- Several halls work on one database. A line that is being worked on is claimed for a while, so
-- that another hall takes it over only when this one died.
ALTER TABLE lines ADD COLUMN claimed_until_ms INTEGER NOT NULL DEFAULT 0;

-- When the hall told it, on the database's clock: halls look for what the others told.
ALTER TABLE inbox ADD COLUMN told_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX inbox_by_time ON inbox (told_ms);
