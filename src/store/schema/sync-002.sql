-- sync.db, version 2: catalogue packs that the feed announced and that lay whole in pack.incoming once. The workstation
-- takes that file; whether it was trusted is not known here.
CREATE TABLE pack_fetched (
	sm3         TEXT PRIMARY KEY CHECK (length(sm3) = 64),
	version     TEXT NOT NULL,
	fetched_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
