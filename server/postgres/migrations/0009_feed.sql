-- +goose Up
-- server/people
CREATE TABLE calendar_feed (
  id          BYTEA PRIMARY KEY CHECK (length(id) = 16),
  person      BYTEA NOT NULL CHECK (length(person) = 16),
  kind        BIGINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
  rotation    BYTEA NOT NULL CHECK (length(rotation) = 16),
  language    TEXT NOT NULL,
  secret_hash BYTEA CHECK (length(secret_hash) = 32),
  made_us     BIGINT NOT NULL,
  read_us     BIGINT NOT NULL DEFAULT 0,
  ended_us    BIGINT,
  CHECK ((ended_us IS NULL) = (secret_hash IS NOT NULL))
);
CREATE UNIQUE INDEX calendar_feed_secret ON calendar_feed (secret_hash);
CREATE INDEX calendar_feed_person ON calendar_feed (person, made_us);
