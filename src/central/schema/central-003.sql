-- central.db, version 3: the letter under which the holder was last given a case that it held under an earlier one.
ALTER TABLE docket ADD COLUMN given TEXT NOT NULL DEFAULT '';
