-- +goose Up
-- Entries whose words were erased: should the words still be on their way, they are not kept either.
CREATE TABLE erased (
  stream INTEGER NOT NULL REFERENCES stream (key),
  entry  BLOB NOT NULL,
  PRIMARY KEY (stream, entry)
) STRICT, WITHOUT ROWID;
