-- +goose Up
-- server/ledger
CREATE TABLE tombstone (
  seq        BIGINT PRIMARY KEY,
  stream     BIGINT NOT NULL REFERENCES stream (key),
  stream_seq BIGINT NOT NULL,
  scope      BIGINT NOT NULL REFERENCES scope (key),
  scope_pos  BIGINT NOT NULL,
  hash       BYTEA NOT NULL
);
CREATE UNIQUE INDEX tombstone_scope ON tombstone (scope, scope_pos);
