-- +goose Up
-- Whose words an entry has is told by the entry itself, which may come after what was said of it. So the words are
-- noted only once the entry is in the index, and are NULL before: they are always the ones that the index has.
ALTER TABLE revised RENAME TO formerly;
CREATE TABLE revised (
  stream INTEGER NOT NULL,
  entry  BLOB NOT NULL,
  text   TEXT,
  PRIMARY KEY (stream, entry)
) STRICT, WITHOUT ROWID;
INSERT INTO revised (stream, entry) SELECT stream, entry FROM formerly;
DROP TABLE formerly;
