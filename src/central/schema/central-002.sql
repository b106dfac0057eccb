-- central.db, version 2: what time does to a case. Due dates are the holder's, from the headers of its decisive events;
-- told is the worst lamp that the holder was told of. A rating that nobody gave within its days is 'default' and is
-- counted apart: it never makes a station look good.
ALTER TABLE docket ADD COLUMN due_promised TEXT NOT NULL DEFAULT '';
ALTER TABLE docket ADD COLUMN due_statutory TEXT NOT NULL DEFAULT '';
ALTER TABLE docket ADD COLUMN told TEXT NOT NULL DEFAULT '' CHECK (told IN ('', 'red', 'black'));
ALTER TABLE docket ADD COLUMN done_ms INTEGER;      -- when it was done with; NULL before
ALTER TABLE docket ADD COLUMN rating TEXT NOT NULL DEFAULT '' CHECK (rating IN ('', 'given', 'default'));
ALTER TABLE docket ADD COLUMN grade INTEGER CHECK (grade BETWEEN 1 AND 5);
CREATE INDEX docket_due ON docket (due_promised) WHERE due_promised <> '' AND done_ms IS NULL;
CREATE INDEX docket_unrated ON docket (done_ms) WHERE rating = '' AND done_ms IS NOT NULL;
