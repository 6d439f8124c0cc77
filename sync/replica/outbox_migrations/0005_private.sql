-- +goose Up
-- The incidents of which something may be on this device though not everybody may see them, and the life of the server's log in which
-- that was last so. It is noted before anything of one is stored, and removed when nothing is left: so it is here, where it
-- outlives a replica that has to be thrown away.
CREATE TABLE private (
  incident BLOB PRIMARY KEY,
  epoch    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
