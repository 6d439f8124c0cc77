-- +goose Up
-- Which ranges of a scope have not been fetched yet: above low and up to high.
CREATE TABLE gap (
  scope BLOB NOT NULL,
  low   INTEGER NOT NULL,
  high  INTEGER NOT NULL,
  PRIMARY KEY (scope, high)
) STRICT, WITHOUT ROWID;

-- Own commands whose events are here, until their answer is known too.
CREATE TABLE delivered (
  command BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Projections. They are dropped and folded again when their version changes.
CREATE TABLE projection (
  name    TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT;

CREATE TABLE board (
  stream   INTEGER PRIMARY KEY REFERENCES stream (key),
  burning  INTEGER NOT NULL,
  declared INTEGER NOT NULL
) STRICT;
CREATE INDEX board_order ON board (burning, declared);

CREATE TABLE tag (
  name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
