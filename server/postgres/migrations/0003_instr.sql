-- +goose Up
-- SQLite's name for where some bytes begin within others; 0 where they are not there. What is erased is found with it.
CREATE FUNCTION instr(within BYTEA, wanted BYTEA) RETURNS INTEGER LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT position(wanted IN within)';
