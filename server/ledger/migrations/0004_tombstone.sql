-- +goose Up
-- The places that events had before their stream went to another scope. Each keeps the number, the place and the hash that its
-- event had there, so that the chain of the former scope can still be walked, and a cursor that stands on it is known.
CREATE TABLE tombstone (
  seq        INTEGER PRIMARY KEY,
  stream     INTEGER NOT NULL REFERENCES stream (key),
  stream_seq INTEGER NOT NULL,
  scope      INTEGER NOT NULL REFERENCES scope (key),
  scope_pos  INTEGER NOT NULL,
  hash       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX tombstone_scope ON tombstone (scope, scope_pos);
