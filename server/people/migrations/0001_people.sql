-- +goose Up
-- What the server signs and seals with. The newest of a purpose is used, the older ones still verify.
CREATE TABLE secret_key (
  id         INTEGER PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('signing', 'cursor', 'refresh')),
  created_us INTEGER NOT NULL,
  secret     BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;

CREATE TABLE device_key (
  device     BLOB PRIMARY KEY CHECK (length(device) = 16),
  person     BLOB NOT NULL CHECK (length(person) = 16),
  public_key BLOB NOT NULL CHECK (length(public_key) = 32),
  created_us INTEGER NOT NULL,
  revoked_us INTEGER
) STRICT, WITHOUT ROWID;

-- The refresh tokens of one enrolment. They are numbered as they are issued, and none is stored:
-- see refresh.go for how the numbers tell the present, the former and a dead one apart.
CREATE TABLE family (
  id        BLOB PRIMARY KEY,
  device    BLOB NOT NULL UNIQUE REFERENCES device_key (device),
  former    INTEGER NOT NULL,
  floor     INTEGER NOT NULL,
  issued    INTEGER NOT NULL,
  issued_us INTEGER NOT NULL,
  ended_us  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
  code_hash  BLOB PRIMARY KEY,
  person     BLOB NOT NULL,
  made_by    BLOB NOT NULL,
  expires_us INTEGER NOT NULL,
  used_us    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_expiry ON invitation (expires_us);
