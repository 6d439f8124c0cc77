-- +goose Up
-- Numbers and addresses under which a person is reached. kind is a workspace.Channel: 2 SMS, 3 call, 4 mail. What has ended keeps
-- its row, for the count of what somebody adds in a day, and nothing of its address.
CREATE TABLE contact_method (
  id          BLOB PRIMARY KEY CHECK (length(id) = 16),
  person      BLOB NOT NULL CHECK (length(person) = 16),
  kind        INTEGER NOT NULL CHECK (kind BETWEEN 2 AND 4),
  address     TEXT NOT NULL,
  made_us     INTEGER NOT NULL,
  verified_us INTEGER,
  ended_us    INTEGER,
  code_hash   BLOB,    -- keyed, of the code that was sent last; none when it was used up
  code_end_us INTEGER, -- until when that code is good
  codes       INTEGER NOT NULL DEFAULT 0, -- how many were made since codes_us
  codes_us    INTEGER NOT NULL DEFAULT 0,
  sent_us     INTEGER NOT NULL DEFAULT 0, -- when the last one was made
  tried_us    INTEGER, -- when it was last tried to reach the person through it
  failed      INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1)), -- whether that was in vain
  CHECK (ended_us IS NULL OR address = '' AND code_hash IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_person ON contact_method (person, made_us);

-- How a device is pushed to. A device has one token, and a token is of one device: the others have ended.
CREATE TABLE push_token (
  device   BLOB PRIMARY KEY REFERENCES device_key (device),
  platform TEXT NOT NULL,
  token    TEXT NOT NULL,
  at_us    INTEGER NOT NULL,
  ended_us INTEGER,
  CHECK (ended_us IS NULL OR token = '')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX push_token_live ON push_token (token) WHERE ended_us IS NULL;
