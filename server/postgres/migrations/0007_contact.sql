-- +goose Up
-- server/people
CREATE TABLE contact_method (
  id          BYTEA PRIMARY KEY CHECK (length(id) = 16),
  person      BYTEA NOT NULL CHECK (length(person) = 16),
  kind        BIGINT NOT NULL CHECK (kind BETWEEN 2 AND 4),
  address     TEXT NOT NULL,
  made_us     BIGINT NOT NULL,
  verified_us BIGINT,
  ended_us    BIGINT,
  code_hash   BYTEA,
  code_end_us BIGINT,
  codes       BIGINT NOT NULL DEFAULT 0,
  codes_us    BIGINT NOT NULL DEFAULT 0,
  sent_us     BIGINT NOT NULL DEFAULT 0,
  tried_us    BIGINT,
  failed      BIGINT NOT NULL DEFAULT 0 CHECK (failed IN (0, 1)),
  CHECK (ended_us IS NULL OR address = '' AND code_hash IS NULL)
);
CREATE INDEX contact_person ON contact_method (person, made_us);

CREATE TABLE push_token (
  device   BYTEA PRIMARY KEY REFERENCES device_key (device),
  platform TEXT NOT NULL,
  token    TEXT NOT NULL,
  at_us    BIGINT NOT NULL,
  ended_us BIGINT,
  CHECK (ended_us IS NULL OR token = '')
);
CREATE UNIQUE INDEX push_token_live ON push_token (token) WHERE ended_us IS NULL;
