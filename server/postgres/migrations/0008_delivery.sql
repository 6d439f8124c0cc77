-- +goose Up
-- server/delivery
CREATE TABLE ringing (
  page     BYTEA PRIMARY KEY CHECK (length(page) = 16),
  incident BYTEA NOT NULL CHECK (length(incident) = 16),
  person   BYTEA NOT NULL CHECK (length(person) = 16),
  begun_us BIGINT NOT NULL
);
CREATE INDEX ringing_person ON ringing (person);

CREATE TABLE delivery (
  page    BYTEA NOT NULL CHECK (length(page) = 16),
  channel BIGINT NOT NULL,
  address BYTEA NOT NULL CHECK (length(address) = 16),
  person  BYTEA NOT NULL CHECK (length(person) = 16),
  at_us   BIGINT NOT NULL,
  reason  BIGINT NOT NULL,
  ref     TEXT NOT NULL,
  detail  TEXT NOT NULL,
  PRIMARY KEY (page, channel, address)
);
CREATE INDEX delivery_person ON delivery (person, channel, at_us);
CREATE INDEX delivery_age ON delivery (at_us);
