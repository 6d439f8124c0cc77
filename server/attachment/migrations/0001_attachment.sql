-- +goose Up
-- Which entries name which attachments. What no entry names is neither taken nor given.
CREATE TABLE attachment_name (
  scope  BLOB NOT NULL CHECK (length(scope) = 16),
  hash   BLOB NOT NULL CHECK (length(hash) = 32),
  stream BLOB NOT NULL CHECK (length(stream) = 16),
  entry  BLOB NOT NULL CHECK (length(entry) = 16),
  PRIMARY KEY (scope, hash, stream, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_entry ON attachment_name (stream, entry);

-- What was begun, once for each content of a scope. Keys are never given again: whoever sends to one
-- that was dropped meanwhile does not write into its successor.
CREATE TABLE attachment (
  key      INTEGER PRIMARY KEY AUTOINCREMENT,
  scope    BLOB NOT NULL CHECK (length(scope) = 16),
  hash     BLOB NOT NULL CHECK (length(hash) = 32),
  size     INTEGER NOT NULL,
  device   BLOB NOT NULL, -- which began it
  moved_us INTEGER NOT NULL, -- when something of it came last
  complete INTEGER NOT NULL DEFAULT 0, -- 1 when size and hash were verified
  UNIQUE (scope, hash)
) STRICT;
CREATE INDEX attachment_incomplete ON attachment (moved_us) WHERE complete = 0;

CREATE TABLE attachment_chunk (
  attachment INTEGER NOT NULL REFERENCES attachment (key),
  idx        INTEGER NOT NULL,
  data       BLOB NOT NULL,
  PRIMARY KEY (attachment, idx)
) STRICT;
