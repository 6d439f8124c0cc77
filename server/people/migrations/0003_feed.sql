-- +goose Up
-- Secret addresses under which calendars read who is on call. kind: 1 one's own shifts, 2 one rotation, 3 all of them. Only the hash of an
-- address is here; what has ended has none.
CREATE TABLE calendar_feed (
  id          BLOB PRIMARY KEY CHECK (length(id) = 16),
  person      BLOB NOT NULL CHECK (length(person) = 16),
  kind        INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
  rotation    BLOB NOT NULL CHECK (length(rotation) = 16), -- zero but for kind 2
  language    TEXT NOT NULL,
  secret_hash BLOB CHECK (length(secret_hash) = 32),
  made_us     INTEGER NOT NULL,
  read_us     INTEGER NOT NULL DEFAULT 0, -- when a calendar read it last, as far as was noted
  ended_us    INTEGER,
  CHECK ((ended_us IS NULL) = (secret_hash IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX calendar_feed_secret ON calendar_feed (secret_hash);
CREATE INDEX calendar_feed_person ON calendar_feed (person, made_us);
