-- SPDX-License-Identifier: MulanPSL-2.0
-- desk.db, version 2: clocks that stop, are extended, or run from the day of receipt (domain rules §1, §4).
--
-- An old row had none of it: the defaults are what a fold of its events gives.

ALTER TABLE view_case ADD COLUMN deemed INTEGER NOT NULL DEFAULT 0;      -- counts as accepted since T0
ALTER TABLE view_case ADD COLUMN extra INTEGER NOT NULL DEFAULT 0;       -- working days of the one extension
ALTER TABLE view_case ADD COLUMN pauses TEXT NOT NULL DEFAULT '';        -- "2026-12-01/2026-12-08,2026-12-20/": the last may be open
ALTER TABLE view_case ADD COLUMN pause_due TEXT NOT NULL DEFAULT '';     -- when the open one is to end
ALTER TABLE view_case ADD COLUMN notice_due TEXT NOT NULL DEFAULT '';    -- until when a returned case may be supplemented
