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
  generation BLOB NOT NULL,
  last_mid   INTEGER NOT NULL -- the last number that its commands have reached
) STRICT;

-- What every command was answered, by its own id, under whatever number it came. The ids grow with time,
-- so that a commit of many clients' answers touches few pages.
CREATE TABLE outcome (
  command BLOB PRIMARY KEY,
  body    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
