-- SPDX-License-Identifier: MulanPSL-2.0
-- desk.db, version 1, continued: the views that src/cases folds from the log. Joined behind desk-001.sql.
--
-- Every row here can be made again from the log ('yimen store rebuild'); nothing else writes here. Clear columns are
-- codes, states, clocks and keyed hashes. What a person reads about a person is in view_sealed alone.

-- Sealed text under the data key, by place: 'case:NO' {who,name}, 'visit:ID' {who,n,why}, 'ticket:ID' {claim,consult},
-- 'person:HASH' {facts}, 'capture:HASH' {list}, 'signed:PAPER' {document,before,page}, 'check:ID' {answer,source}, 'account:ID' {name}, 'quarantine:SEQ' {reason}, 'review:NO' {reason}.
CREATE TABLE view_sealed (
	place  TEXT PRIMARY KEY,
	bytes  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE view_visit (
	visit      TEXT PRIMARY KEY,
	desk       TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('open', 'parked', 'closed')),
	ticket     TEXT NOT NULL DEFAULT '',
	account    TEXT NOT NULL DEFAULT '',
	opened_ms  INTEGER NOT NULL,
	changed_ms INTEGER NOT NULL,              -- parked, resumed or closed
	day        TEXT NOT NULL,                 -- of opening, at the office
	n_cases    INTEGER NOT NULL DEFAULT 0,
	rating     TEXT NOT NULL DEFAULT '' CHECK (rating IN ('', 'asked', 'given', 'skipped'))  -- never the grade
) STRICT, WITHOUT ROWID;
CREATE INDEX view_visit_state ON view_visit (state, changed_ms) WHERE state <> 'closed';
CREATE INDEX view_visit_day ON view_visit (day);

-- One row a case, in the order in which the log first names them: the list pages by id.
CREATE TABLE view_case (
	id            INTEGER PRIMARY KEY,
	case_no       TEXT NOT NULL UNIQUE,
	key           TEXT NOT NULL,                 -- the case inside its visit, before it had a number
	visit         TEXT NOT NULL,                 -- the visit that wrote last
	item          TEXT NOT NULL,
	pack          TEXT NOT NULL,
	bundle        TEXT NOT NULL DEFAULT '',
	state         TEXT NOT NULL,
	exit          TEXT NOT NULL DEFAULT '',      -- the last exit of the window
	account       TEXT NOT NULL DEFAULT '',
	holder        TEXT NOT NULL,                 -- desk code
	decider       TEXT NOT NULL DEFAULT '',      -- window, auto, approver: who has the next word
	received_ms   INTEGER NOT NULL,              -- T0
	changed_ms    INTEGER NOT NULL,
	day           TEXT NOT NULL,                 -- of the last change
	accepted      TEXT NOT NULL DEFAULT '',      -- date
	due_promised  TEXT NOT NULL DEFAULT '',
	due_statutory TEXT NOT NULL DEFAULT '',
	fee_state     TEXT NOT NULL DEFAULT 'none',
	fee_fen       INTEGER NOT NULL DEFAULT 0,
	delivery      TEXT NOT NULL DEFAULT '',
	notices       INTEGER NOT NULL DEFAULT 0,    -- one-time notices given
	fault         INTEGER NOT NULL DEFAULT 0,    -- intake faults
	override      INTEGER NOT NULL DEFAULT 0,    -- decided against the proposal
	rated         INTEGER NOT NULL DEFAULT 0,
	seq           INTEGER NOT NULL,              -- last event
	snapshot_seq  INTEGER NOT NULL               -- last event whose body holds the whole case
) STRICT;
CREATE INDEX view_case_visit ON view_case (visit, key);
CREATE INDEX view_case_state ON view_case (state);
CREATE INDEX view_case_day ON view_case (day);
CREATE INDEX view_case_live ON view_case (due_promised) WHERE state IN ('accepted', 'reviewing', 'special', 'deciding', 'extended');

-- Who plays which role: persons as keyed hashes of their document numbers.
CREATE TABLE view_case_person (
	person   TEXT NOT NULL,
	case_no  TEXT NOT NULL,
	role     TEXT NOT NULL,
	PRIMARY KEY (person, case_no, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_case_person_case ON view_case_person (case_no);

-- Deferred materials: promise, deadline, state.
CREATE TABLE view_defer (
	case_no  TEXT NOT NULL,
	kind     TEXT NOT NULL,
	due      TEXT NOT NULL,
	state    TEXT NOT NULL CHECK (state IN ('open', 'brought', 'over')),
	PRIMARY KEY (case_no, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_defer_due ON view_defer (due) WHERE state = 'open';

CREATE TABLE view_check (
	id           TEXT PRIMARY KEY,
	visit        TEXT NOT NULL,
	register     TEXT NOT NULL,
	person       TEXT NOT NULL DEFAULT '',
	status       TEXT NOT NULL,                  -- asked, clear, hit, unknown, failed
	asked_ms     INTEGER NOT NULL,
	answered_ms  INTEGER NOT NULL DEFAULT 0,
	valid_until  TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX view_check_visit ON view_check (visit);

-- Every printed paper: the shift report accounts for each as used, void or reprinted.
CREATE TABLE view_paper (
	id        TEXT PRIMARY KEY,
	visit     TEXT NOT NULL,
	case_no   TEXT NOT NULL DEFAULT '',
	template  TEXT NOT NULL,
	printed   INTEGER NOT NULL DEFAULT 0,        -- times
	signed    INTEGER NOT NULL DEFAULT 0,
	void      INTEGER NOT NULL DEFAULT 0,
	changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX view_paper_visit ON view_paper (visit);
CREATE INDEX view_paper_time ON view_paper (changed_ms);

CREATE TABLE view_ticket (
	id           TEXT PRIMARY KEY,
	no           TEXT NOT NULL,
	class        INTEGER NOT NULL,
	appointment  TEXT NOT NULL DEFAULT '',
	day          TEXT NOT NULL,                  -- on which it is good
	issued_ms    INTEGER NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('waiting', 'called', 'done')),
	calls        INTEGER NOT NULL DEFAULT 0,
	misses       INTEGER NOT NULL DEFAULT 0,
	missed_seq   INTEGER NOT NULL DEFAULT 0,
	called_seq   INTEGER NOT NULL DEFAULT 0,     -- last call
	called_ms    INTEGER NOT NULL DEFAULT 0,
	called_as    INTEGER NOT NULL DEFAULT -1     -- the turn it was called in: priority runs are counted by it
) STRICT, WITHOUT ROWID;
CREATE INDEX view_ticket_day ON view_ticket (day, state);

-- Persons served here before, by keyed hash; what is known of them is sealed ('person:HASH').
CREATE TABLE view_person (
	hash      TEXT PRIMARY KEY,
	seen_ms   INTEGER NOT NULL,
	n_visits  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Gap-free counters of a desk's day: 'case', 'consult', 'ticket:A'.
CREATE TABLE view_serial (
	desk  TEXT NOT NULL,
	day   TEXT NOT NULL,
	kind  TEXT NOT NULL,
	last  INTEGER NOT NULL,
	PRIMARY KEY (desk, day, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE view_account (
	account    TEXT PRIMARY KEY,
	officer    INTEGER NOT NULL,
	posts      TEXT NOT NULL DEFAULT '',
	active     INTEGER NOT NULL DEFAULT 1,
	signed_ms  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE view_shift (
	id         INTEGER PRIMARY KEY,               -- seq of shift.opened
	account    TEXT NOT NULL,
	opened_ms  INTEGER NOT NULL,
	closed_ms  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Feed entries folded so far; quarantined events that wait for a repair.
CREATE TABLE view_feed (
	number  INTEGER PRIMARY KEY,
	kind    TEXT NOT NULL,
	seq     INTEGER NOT NULL
) STRICT;
CREATE TABLE view_quarantine (
	event_seq  INTEGER PRIMARY KEY,
	case_no    TEXT NOT NULL,
	field      TEXT NOT NULL,
	number     INTEGER NOT NULL,                  -- feed entry that told
	repaired   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Which events tell of a case or a visit; of consultations ('consult'), by item ('consult:ITEM'), and their tickets ('consult.ticket').
CREATE TABLE view_trail (
	scope  TEXT NOT NULL,
	seq    INTEGER NOT NULL,
	PRIMARY KEY (scope, seq)
) STRICT, WITHOUT ROWID;
