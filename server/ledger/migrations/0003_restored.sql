-- +goose Up
-- Since when a log that was put back to a former state is served, and clients give back what it lacks: NULL where it
-- never was put back, 0 until it is first opened.
ALTER TABLE counter ADD COLUMN restored_us INTEGER;
