-- +goose Up
-- What is to be done once, at its time, however often the server is killed meanwhile.
CREATE TABLE task (
  number   INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: it is what an admin names
  id       BLOB NOT NULL UNIQUE CHECK (length(id) = 16), -- the same wish is the same task
  queue    TEXT NOT NULL,
  about    BLOB NOT NULL CHECK (length(about) = 16), -- what it is cancelled with
  rank     INTEGER NOT NULL,
  due_us   INTEGER NOT NULL, -- while it is carried out: when the lease ends, and it is due again
  end_us   INTEGER NOT NULL, -- from when on it is not to be begun any more
  body     BLOB NOT NULL,
  state    INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 5), -- 0 and 1 are open, the others are ended
  tries    INTEGER NOT NULL DEFAULT 0,
  fence    INTEGER NOT NULL DEFAULT 0, -- goes up whenever it is taken: who holds a lower number was overtaken
  ended_us INTEGER,
  problem  TEXT NOT NULL DEFAULT '',
  CHECK ((ended_us IS NULL) = (state <= 1))
) STRICT;
-- What is due, the first first. The last two columns are there so that the index alone tells which of a million are too late.
CREATE INDEX task_due ON task (queue, rank, due_us, end_us, state) WHERE state <= 1;
CREATE INDEX task_end ON task (end_us, due_us, state) WHERE state <= 1;
CREATE INDEX task_about ON task (about) WHERE state <= 1;
CREATE INDEX task_ended ON task (state, ended_us) WHERE state > 1;
CREATE INDEX task_failed ON task (ended_us, number) WHERE state = 3 OR state = 5 AND problem <> '';
