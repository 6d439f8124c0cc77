-- +goose Up
-- What the server signs and seals with may itself be sealed by a key that is not in the database. A signing key's public half stays
-- readable: whoever verifies the log needs no other.
ALTER TABLE secret_key ALTER COLUMN secret DROP NOT NULL;
ALTER TABLE secret_key ADD COLUMN sealed BYTEA;
ALTER TABLE secret_key ADD COLUMN public BYTEA CHECK (length(public) = 32);
ALTER TABLE secret_key ADD CHECK ((secret IS NULL) <> (sealed IS NULL));
