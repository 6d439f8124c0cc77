-- +goose Up
CREATE TABLE scope (
  key   INTEGER PRIMARY KEY,
  id    BLOB NOT NULL UNIQUE,
  pos   INTEGER NOT NULL DEFAULT 0,
  hash  BLOB NOT NULL DEFAULT x'',
  epoch BLOB NOT NULL DEFAULT x'',
  seal  BLOB NOT NULL DEFAULT x''
) STRICT;

CREATE TABLE stream (
  key          INTEGER PRIMARY KEY,
  id           BLOB NOT NULL UNIQUE,
  kind         INTEGER NOT NULL,
  scope        INTEGER NOT NULL REFERENCES scope (key),
  head_seq     INTEGER NOT NULL DEFAULT 0,
  head_version INTEGER NOT NULL DEFAULT 0,
  head         BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX stream_kind ON stream (kind);

CREATE TABLE event (
  seq        INTEGER PRIMARY KEY,
  stream     INTEGER NOT NULL REFERENCES stream (key),
  stream_seq INTEGER NOT NULL,
  scope      INTEGER NOT NULL REFERENCES scope (key),
  scope_pos  INTEGER NOT NULL,
  command    BLOB NOT NULL,
  person     BLOB NOT NULL,
  device     BLOB NOT NULL,
  received   INTEGER NOT NULL,
  occurred   INTEGER NOT NULL,
  uncertain  INTEGER NOT NULL,
  payload    BLOB NOT NULL,
  hash       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_stream ON event (stream, stream_seq);
CREATE UNIQUE INDEX event_scope ON event (scope, scope_pos);
