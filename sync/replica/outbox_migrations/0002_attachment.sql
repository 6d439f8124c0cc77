-- +goose Up
-- The files that own entries carry, until the server has them whole. Their bytes lie in the folder
-- attachments, under the hash.
CREATE TABLE attachment (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  command BLOB NOT NULL,              -- which writes the entry
  target  BLOB NOT NULL,
  entry   BLOB NOT NULL,
  hash    BLOB NOT NULL,
  size    INTEGER NOT NULL,
  sent    INTEGER NOT NULL DEFAULT 0, -- 1 when the server has it
  UNIQUE (command, hash)
) STRICT;
