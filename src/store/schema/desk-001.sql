-- desk.db, version 1: what one desk owns. The workstation alone writes this file.
--
-- Read it in this order: who the desk is, its keys, the log (the truth), and what lies beside the log.
-- The views that are folded from the log follow in desk-views-001.sql. Whatever tells something about a
-- person is in a column that says "sealed"; everything else must be harmless in a thief's hands.

-- ---------------------------------------------------------------------------------------------------
-- Who the desk is. One row, written once at enrolment; the epoch letter advances at every restore.
-- ---------------------------------------------------------------------------------------------------
CREATE TABLE identity (
	id            INTEGER PRIMARY KEY CHECK (id = 1),
	desk          TEXT NOT NULL,      -- organisation code, 12 digits, and window, 2 digits
	epoch         TEXT NOT NULL CHECK (length(epoch) = 1),
	station       TEXT NOT NULL,      -- 12-digit organisation code
	station_name  TEXT NOT NULL,
	division      TEXT NOT NULL,      -- GB/T 2260
	window        TEXT NOT NULL,
	profile       TEXT NOT NULL CHECK (profile IN ('production', 'practice'))
) STRICT;

-- Clear settings: addresses, limits. Never personal data.
CREATE TABLE setting (
	key    TEXT PRIMARY KEY,
	value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------------
-- Keys. The data key stands nowhere in clear: each account's slot seals it under the key that
-- PBKDF2-HMAC-SM3 makes of the password, and 'escrow' in key_item wraps it for the central.
-- ---------------------------------------------------------------------------------------------------
CREATE TABLE key_slot (
	account     TEXT PRIMARY KEY,
	salt        BLOB NOT NULL CHECK (length(salt) = 16),
	iterations  INTEGER NOT NULL CHECK (iterations > 0),
	sealed      BLOB NOT NULL         -- the data key
) STRICT, WITHOUT ROWID;

-- Wrong passwords in a row, kept here so that a restart does not forgive them.
CREATE TABLE unlock_failure (
	account  TEXT PRIMARY KEY REFERENCES key_slot (account) ON DELETE CASCADE,
	n        INTEGER NOT NULL,
	last_ms  INTEGER NOT NULL         -- wall clock of the last one
) STRICT, WITHOUT ROWID;

-- 'desk.public' and 'central.public': hex points. 'desk.private': PKCS#8, sealed under the data key.
-- 'escrow': the data key wrapped for the central.
CREATE TABLE key_item (
	name   TEXT PRIMARY KEY,
	value  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The desk's wraps of visit and day keys. Not hashed into the log: destroying one is how a visit is erased
-- after its retention. The row stays, so that "erased" can be told from "never had it".
CREATE TABLE scope_key (
	scope      TEXT PRIMARY KEY,      -- a visit's UUID, or 'day:2026-11-22'
	sealed     BLOB,                  -- NULL when erased
	erased_ms  INTEGER,
	CHECK ((sealed IS NULL) = (erased_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------------
-- The log. hash(n) = SM3(hash(n-1) || header(n)), seq without gaps from 1; rows are never changed.
-- Bodies are apart so that reading every header is a scan of a small table.
-- ---------------------------------------------------------------------------------------------------
CREATE TABLE event (
	seq     INTEGER PRIMARY KEY CHECK (seq > 0),
	header  BLOB NOT NULL,            -- yimen-sync(7), EVENT
	hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE event_body (
	seq     INTEGER PRIMARY KEY REFERENCES event (seq),
	sealed  BLOB NOT NULL             -- under the key of the event's scope
) STRICT;

-- ---------------------------------------------------------------------------------------------------
-- Beside the log.
-- ---------------------------------------------------------------------------------------------------

-- What is being typed: not events, autosaved, gone when the visit ends.
CREATE TABLE draft (
	name      TEXT PRIMARY KEY,       -- 'visit:UUID'
	saved_ms  INTEGER NOT NULL,
	sealed    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Attachments. The key of each is in the event bodies that refer to it, never here. What was sent is
-- sync.db's to know. The content comes last: a row's other columns are read without touching it.
CREATE TABLE blob (
	sm3      TEXT PRIMARY KEY CHECK (length(sm3) = 64),   -- of the sealed bytes, hex
	media    TEXT NOT NULL,           -- 'image/jpeg'
	kept_ms  INTEGER NOT NULL,
	bytes    BLOB NOT NULL            -- sealed
) STRICT;
