-- +goose Up
-- What is searched. Keys are seconds and a number that tells apart what fell into the same second, so that the
-- index, which answers in the order of its keys, answers newest first.

-- One row for each incident, as the index has it: words are taken out of the index by naming them once more.
CREATE TABLE subject (
  key      INTEGER PRIMARY KEY,
  stream   INTEGER NOT NULL UNIQUE REFERENCES stream (key),
  declarer BLOB NOT NULL,
  number   INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  status   INTEGER NOT NULL,
  kind     INTEGER NOT NULL,
  title    TEXT NOT NULL,
  tags     TEXT NOT NULL -- parted by spaces, and one before and behind
) STRICT;
CREATE VIRTUAL TABLE subject_text USING fts5 (
  title, tags, number, content = '', prefix = '2 3',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
INSERT INTO subject_text (subject_text, rank) VALUES ('secure-delete', 1);

-- One row for each event that has words.
CREATE TABLE document (
  key        INTEGER PRIMARY KEY,
  stream     INTEGER NOT NULL,
  stream_seq INTEGER NOT NULL,
  person     BLOB NOT NULL
) STRICT;
-- Beginnings of two letters have an index of their own, because they begin so much; one for three letters as well
-- would cost a third of the events/s while a history comes in, and win nothing while typing.
CREATE VIRTUAL TABLE entry_text USING fts5 (
  text, content = '', prefix = '2',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
INSERT INTO entry_text (entry_text, rank) VALUES ('secure-delete', 1);
-- Pieces of the index are merged eight at a time in place of four: a third more events/s while a history comes in.
INSERT INTO entry_text (entry_text, rank) VALUES ('automerge', 8);

-- The oldest and the newest document of each stream.
CREATE TABLE span (
  stream INTEGER PRIMARY KEY,
  low    INTEGER NOT NULL,
  high   INTEGER NOT NULL
) STRICT;

-- Entries whose words are others than those of the event that wrote them; none once it was erased.
CREATE TABLE revised (
  stream INTEGER NOT NULL,
  entry  BLOB NOT NULL,
  seq    INTEGER NOT NULL, -- stream_seq of the event that said so
  text   TEXT NOT NULL,
  PRIMARY KEY (stream, entry)
) STRICT, WITHOUT ROWID;

-- How far the index has still to be made from what is stored: events up to this position of everybody's scope,
-- and heads up to this key, are not in it. One row.
CREATE TABLE unindexed (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  position  INTEGER NOT NULL,
  stream    INTEGER NOT NULL
) STRICT;
INSERT INTO unindexed (one, position, stream) VALUES (1, 0, 0);
