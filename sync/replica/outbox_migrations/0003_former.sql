-- +goose Up
-- What shows to a server that was restored to its past that it once let this device in.
ALTER TABLE device ADD COLUMN certificate TEXT NOT NULL DEFAULT '';
-- The life of the server's log that was last seen. It is here because the replica may have to be thrown away.
ALTER TABLE device ADD COLUMN epoch BLOB NOT NULL DEFAULT x'';
