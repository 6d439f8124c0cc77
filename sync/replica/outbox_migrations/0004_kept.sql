-- +goose Up
-- Events of a former life of the server's log, whoever did them, as the server sealed and sent them: one that was restored to
-- its past may lack them, and whoever did them may not come back.
CREATE TABLE kept (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  stream     BLOB NOT NULL,
  stream_seq INTEGER NOT NULL,
  command    BLOB NOT NULL,
  since      INTEGER NOT NULL, -- when it was put here, in microseconds since 1970
  record     BLOB NOT NULL,    -- as it is sent
  UNIQUE (stream, command, stream_seq)
) STRICT;
