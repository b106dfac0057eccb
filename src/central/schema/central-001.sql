-- central.db, version 1: the store of the reference central. Any number of short-lived writers (the server, an
-- administrator's command); every table that grows is keyed by desk.
--
-- Nothing here tells about a citizen in clear: event bodies lie as they came, visit keys are sealed under the
-- central's own key (file key.sealed), feed entries are sealed to the desk that they are for.

-- ---------------------------------------------------------------------------------------------------
-- Desks. 'desk' is code and epoch letter, as on the wire. seq and hash are the head that is held.
-- ---------------------------------------------------------------------------------------------------
CREATE TABLE desk (
	desk          TEXT PRIMARY KEY,
	code          TEXT NOT NULL,      -- organisation code, 12 digits, and window, 2 digits
	epoch         TEXT NOT NULL CHECK (length(epoch) = 1),
	station       TEXT NOT NULL,
	station_name  TEXT NOT NULL,
	division      TEXT NOT NULL,
	window        TEXT NOT NULL,
	profile       TEXT NOT NULL CHECK (profile IN ('production', 'practice')),
	code_sm3      TEXT NOT NULL UNIQUE,       -- of the one-time code
	public        TEXT NOT NULL DEFAULT '',   -- '' until enrolled
	escrow        BLOB,                       -- the desk's data key, wrapped for the central
	enrolled_ms   INTEGER,
	seq           INTEGER NOT NULL DEFAULT 0,
	hash          BLOB NOT NULL DEFAULT (zeroblob(32)) CHECK (length(hash) = 32),
	feed          INTEGER NOT NULL DEFAULT 0  -- last number given
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_code ON desk (code, epoch);

-- Names are sealed under the store key with the place 'account:CODE:ACCOUNT'.
CREATE TABLE account (
	code     TEXT NOT NULL,
	account  TEXT NOT NULL,
	name     BLOB NOT NULL,           -- sealed
	officer  INTEGER NOT NULL CHECK (officer IN (0, 1)),
	posts    TEXT NOT NULL,
	PRIMARY KEY (code, account)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------------
-- What came. n is the order of arrival: across desks it is the only order there is.
-- ---------------------------------------------------------------------------------------------------
CREATE TABLE event (
	n       INTEGER PRIMARY KEY,
	desk    TEXT NOT NULL REFERENCES desk (desk),
	seq     INTEGER NOT NULL CHECK (seq > 0),
	hash    BLOB NOT NULL CHECK (length(hash) = 32),
	header  BLOB NOT NULL,
	body    BLOB,                     -- sealed by the desk
	UNIQUE (desk, seq)
) STRICT;

CREATE TABLE blob (
	sm3      TEXT PRIMARY KEY CHECK (length(sm3) = 64),
	total    INTEGER NOT NULL CHECK (total BETWEEN 0 AND 33554432),
	have     INTEGER NOT NULL CHECK (have BETWEEN 0 AND total),
	is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1))  -- and its SM3 was seen to be right
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_piece (
	sm3    TEXT NOT NULL REFERENCES blob (sm3) ON DELETE CASCADE,
	start  INTEGER NOT NULL,
	bytes  BLOB NOT NULL,
	PRIMARY KEY (sm3, start)
) STRICT;

-- ---------------------------------------------------------------------------------------------------
-- What goes out.
-- ---------------------------------------------------------------------------------------------------
CREATE TABLE feed (
	n       INTEGER PRIMARY KEY,
	desk    TEXT NOT NULL REFERENCES desk (desk),
	number  INTEGER NOT NULL CHECK (number > 0),
	kind    TEXT NOT NULL,
	sealed  BLOB NOT NULL,
	UNIQUE (desk, number)
) STRICT;

CREATE TABLE pack (
	version    TEXT PRIMARY KEY,
	effective  TEXT NOT NULL,
	sm3        TEXT NOT NULL,
	added_ms   INTEGER NOT NULL,
	bytes      BLOB NOT NULL          -- signed by the central
) STRICT;

-- ---------------------------------------------------------------------------------------------------
-- The worker's. cursor and all that an event does to the tables below change in one transaction.
-- ---------------------------------------------------------------------------------------------------
CREATE TABLE worker (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	cursor  INTEGER NOT NULL          -- the last event.n that was worked
) STRICT;
INSERT INTO worker (id, cursor) VALUES (1, 0);

-- scope is a visit's UUID or 'day:2026-11-22', as the desk names its keys.
CREATE TABLE visit_key (
	code    TEXT NOT NULL,
	epoch   TEXT NOT NULL,
	scope   TEXT NOT NULL,
	sealed  BLOB NOT NULL,            -- under the store key, place 'key:DESK:SCOPE'
	PRIMARY KEY (code, epoch, scope)
) STRICT, WITHOUT ROWID;

-- One row a case. state follows the holder's log; review is the central's own: '' nothing to review, 'deferred' until
-- the promised materials are there, 'waiting' for an approver, or the result.
CREATE TABLE docket (
	case_no      TEXT PRIMARY KEY,
	item         TEXT NOT NULL,
	pack         TEXT NOT NULL,
	holder       TEXT NOT NULL,       -- desk code, without the letter
	state        TEXT NOT NULL,
	exit         TEXT NOT NULL,
	visit        TEXT NOT NULL,       -- whose key opens the snapshot
	snapshot     INTEGER NOT NULL REFERENCES event (n),
	changed_ms   INTEGER NOT NULL,
	review       TEXT NOT NULL DEFAULT '' CHECK (review IN ('', 'deferred', 'waiting', 'approved', 'denied', 'returned')),
	review_by    TEXT NOT NULL DEFAULT '',    -- 'auto' or an account
	reviewed_ms  INTEGER,
	reason       BLOB,                -- sealed under the store key, place 'review:CASE'
	applied      INTEGER NOT NULL DEFAULT 0 CHECK (applied IN (0, 1))   -- the holder has folded the result
) STRICT, WITHOUT ROWID;
CREATE INDEX docket_review ON docket (review, changed_ms) WHERE review IN ('waiting', 'deferred');

CREATE TABLE inquiry (
	id           TEXT NOT NULL,
	desk         TEXT NOT NULL,
	register     TEXT NOT NULL,
	status       TEXT NOT NULL CHECK (status IN ('clear', 'hit', 'unknown')),
	answered_ms  INTEGER NOT NULL,
	PRIMARY KEY (desk, id)
) STRICT, WITHOUT ROWID;

-- Events whose content cannot be used. reason is one of the program's own sentences, never content.
CREATE TABLE quarantine (
	desk      TEXT NOT NULL,
	seq       INTEGER NOT NULL,
	event     TEXT NOT NULL,          -- its UUID
	kind      TEXT NOT NULL,
	case_no   TEXT NOT NULL,
	field     TEXT NOT NULL,
	reason    TEXT NOT NULL,
	repaired  INTEGER NOT NULL DEFAULT 0 CHECK (repaired IN (0, 1)),
	PRIMARY KEY (desk, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_case ON quarantine (case_no, desk) WHERE repaired = 0;
