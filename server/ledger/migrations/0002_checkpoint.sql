-- +goose Up
-- Where the log stood at some moments, signed: over the ends of all scopes behind the event seq.
CREATE TABLE checkpoint (
  seq       INTEGER PRIMARY KEY,
  made_us   INTEGER NOT NULL,
  hash      BLOB NOT NULL CHECK (length(hash) = 32),
  key       BLOB NOT NULL CHECK (length(key) = 32), -- the public key that verifies it
  signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;
