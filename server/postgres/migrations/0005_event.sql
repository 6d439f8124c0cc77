-- +goose Up
-- That an event's stream and scope are there was checked for each event by itself, which was a fifth of what a commit cost. They are made by
-- the same writer in the same transaction or before it, and no server deletes any; tsugid verify follows the log without these rules.
ALTER TABLE event DROP CONSTRAINT event_stream_fkey, DROP CONSTRAINT event_scope_fkey;
