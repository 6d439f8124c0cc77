-- +goose Up
-- The pages that ring, so that whoever answers with a code or a telephone number alone is understood.
CREATE TABLE ringing (
  page     BLOB PRIMARY KEY CHECK (length(page) = 16),
  incident BLOB NOT NULL CHECK (length(incident) = 16),
  person   BLOB NOT NULL CHECK (length(person) = 16),
  begun_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ringing_person ON ringing (person);

-- What became of each message at each address. It holds ids and no addresses.
CREATE TABLE delivery (
  page    BLOB NOT NULL CHECK (length(page) = 16),
  channel INTEGER NOT NULL,
  address BLOB NOT NULL CHECK (length(address) = 16),
  person  BLOB NOT NULL CHECK (length(person) = 16),
  at_us   INTEGER NOT NULL,
  reason  INTEGER NOT NULL,
  ref     TEXT NOT NULL,
  detail  TEXT NOT NULL,
  PRIMARY KEY (page, channel, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_person ON delivery (person, channel, at_us);
CREATE INDEX delivery_age ON delivery (at_us);
