-- sync.db, version 1: what the sync process learnt. It alone writes this file; the workstation reads it
-- and folds the feed into its own log. Losing this file loses nothing: it is asked for again.

-- What the central has acknowledged and how the last exchange went. One row.
CREATE TABLE state (
	id              INTEGER PRIMARY KEY CHECK (id = 1),
	acked           INTEGER NOT NULL DEFAULT 0,   -- last seq the central holds
	acked_hash      TEXT NOT NULL DEFAULT '',     -- its hash, hex
	feed_pulled     INTEGER NOT NULL DEFAULT 0,   -- last feed number stored below
	last_ok_ms      INTEGER NOT NULL DEFAULT 0,
	offset_ms       INTEGER NOT NULL DEFAULT 0,   -- the central's clock minus ours
	quarantined     INTEGER NOT NULL DEFAULT 0,   -- tally of the central as of acked
	central_events  INTEGER NOT NULL DEFAULT 0,
	outcome         TEXT NOT NULL DEFAULT '',     -- a name of ym_outcome_name
	detail          TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO state (id) VALUES (1);

-- Feed entries as they came, sealed for this desk. Numbers have no gaps.
CREATE TABLE feed (
	number  INTEGER PRIMARY KEY CHECK (number > 0),
	kind    TEXT NOT NULL,
	sealed  BLOB NOT NULL
) STRICT;

-- Attachments the central holds whole, and how far the others came.
CREATE TABLE blob_sent (
	sm3    TEXT PRIMARY KEY,
	have   INTEGER NOT NULL DEFAULT 0,
	whole  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
