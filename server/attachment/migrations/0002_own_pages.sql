-- +goose Up
-- The bytes of a file in pages that hold nothing else. Of a long row SQLite keeps the first 489 bytes in a page that it shares
-- with its neighbours, and the rest in pages of its own (https://sqlite.org/fileformat2.html, section 1.6: M is 489 where a page has
-- U = 4096 bytes). What balancing moves out of a shared page stays behind in it until something else is written there, also
-- when the row has long been deleted; pages of one's own are overwritten whole with the row. So lead fills the shared part, and tail
-- sees to it that nothing more is shared: what the row has above M is 3573 to 4091 bytes more than a multiple of U - 4.
ALTER TABLE attachment_chunk RENAME TO former;
CREATE TABLE attachment_chunk (
  attachment INTEGER NOT NULL REFERENCES attachment (key),
  idx        INTEGER NOT NULL,
  lead       BLOB NOT NULL, -- zeros
  data       BLOB NOT NULL,
  tail       BLOB NOT NULL, -- zeros
  PRIMARY KEY (attachment, idx)
) STRICT;
INSERT INTO attachment_chunk (attachment, idx, lead, data, tail)
  SELECT attachment, idx, zeroblob(489), data, zeroblob((7909 - length(data) % 4092) % 4092) FROM former;
DROP TABLE former;
