-- +goose Up
-- One row. It is read and written by every commit, so that two writers can never number alike.
CREATE TABLE counter (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  epoch  BLOB NOT NULL,
  seq    INTEGER NOT NULL,
  number INTEGER NOT NULL
) STRICT;

CREATE TABLE client (
  key        INTEGER PRIMARY KEY,
  id         BLOB NOT NULL UNIQUE,
  person     BLOB NOT NULL,
  generation BLOB NOT NULL
) STRICT;

-- The last number that a client's commands reached is the largest one here.
CREATE TABLE outcome (
  client  INTEGER NOT NULL REFERENCES client (key),
  mid     INTEGER NOT NULL,
  command BLOB, -- NULL where the command had been answered under another number before
  body    BLOB NOT NULL,
  PRIMARY KEY (client, mid)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX outcome_command ON outcome (command);
