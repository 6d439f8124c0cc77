-- +goose Up
-- What a person did on this device. Nothing here can be fetched again.
CREATE TABLE command (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  mid     INTEGER UNIQUE,            -- its number under the present client id; NULL when it has none any more
  id      BLOB NOT NULL UNIQUE,
  target  BLOB NOT NULL,
  wall    INTEGER NOT NULL,
  boot    INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  body    BLOB NOT NULL,
  outcome BLOB,                      -- NULL until the server has answered for good
  closed  INTEGER NOT NULL DEFAULT 0 -- 1 when nothing of it is to be shown any more
) STRICT;
CREATE INDEX command_open ON command (seq) WHERE closed = 0;

-- Who this outbox is. One row.
CREATE TABLE client (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  id         BLOB NOT NULL,
  generation BLOB NOT NULL, -- made anew at each start
  former     BLOB NOT NULL  -- 16 bytes each: the generations back to the last one that the server has seen
) STRICT;

-- How this device is enrolled. One row, or none.
CREATE TABLE device (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  server  TEXT NOT NULL,
  person  BLOB NOT NULL,
  device  BLOB NOT NULL,
  name    TEXT NOT NULL,
  seed    BLOB NOT NULL, -- of the Ed25519 key
  refresh TEXT NOT NULL
) STRICT;
