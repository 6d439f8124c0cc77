-- +goose Up
-- Incidents that were taken out of everybody's scope by the event at this position. While gone is 1, what is here of one still lies
-- there: until it comes in another scope, or the server says that it may not be seen here.
CREATE TABLE withdrawn (
  stream BLOB PRIMARY KEY,
  pos    INTEGER NOT NULL,
  gone   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to which event an incident was history when it came: it was seen in another scope before, or by others.
CREATE TABLE history (
  stream INTEGER PRIMARY KEY REFERENCES stream (key),
  seq    INTEGER NOT NULL
) STRICT;

-- Events of private incidents up to this seq are not in the index.
ALTER TABLE unindexed ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
