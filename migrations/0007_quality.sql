-- What adjudicators decided, and which labels are gold. Moments are milliseconds since 1970 in UTC.
-- Nothing here is ever changed: a later decision about an item takes the place of an earlier one.

CREATE TABLE adjudications (
    id            TEXT PRIMARY KEY,                 -- adj_ and a UUIDv7
    item          TEXT NOT NULL REFERENCES items (id),
    person        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    outcome       TEXT NOT NULL CHECK (outcome IN ('rated', 'bad_problem')),
    choice        TEXT,                             -- solution id, 'same', or NULL: not decided
    comment       TEXT,
    -- Ids of the submissions that were in force and were looked at.
    submissions   TEXT NOT NULL CHECK (json_valid(submissions))
) STRICT;
CREATE INDEX adjudications_by_item ON adjudications (item, id);

-- One row a step of the rated solution.
CREATE TABLE adjudicated_labels (
    adjudication  TEXT NOT NULL REFERENCES adjudications (id),
    step          INTEGER NOT NULL CHECK (step >= 1),
    value         INTEGER CHECK (value IN (-1, 0, 1)),  -- wrong, fine, good; NULL: not rated, never zero
    critique      TEXT,
    correction    TEXT,
    PRIMARY KEY (adjudication, step)
) STRICT, WITHOUT ROWID;

CREATE VIEW adjudications_in_force AS
SELECT * FROM adjudications AS a
WHERE a.id = (SELECT max(b.id) FROM adjudications AS b WHERE b.item = a.item);

-- Gold: labels that people's ratings are held against. The newest row of an item holds.
CREATE TABLE gold (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    item          TEXT NOT NULL REFERENCES items (id),
    labels        TEXT,                             -- id of a submission or a decision; NULL: gold no more
    person        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    need_before   INTEGER NOT NULL                  -- people who had to rate the item before it was gold
) STRICT;
CREATE INDEX gold_by_item ON gold (item, id);

CREATE VIEW gold_in_force AS
SELECT * FROM gold AS g
WHERE g.labels IS NOT NULL AND g.id = (SELECT max(h.id) FROM gold AS h WHERE h.item = g.item);

CREATE TRIGGER adjudications_stay AFTER UPDATE ON adjudications BEGIN SELECT raise(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER adjudications_remain BEFORE DELETE ON adjudications BEGIN SELECT raise(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER adjudicated_labels_stay AFTER UPDATE ON adjudicated_labels BEGIN SELECT raise(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER adjudicated_labels_remain BEFORE DELETE ON adjudicated_labels BEGIN SELECT raise(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER gold_stays AFTER UPDATE ON gold BEGIN SELECT raise(ABORT, 'gold is append-only'); END;
CREATE TRIGGER gold_remains BEFORE DELETE ON gold BEGIN SELECT raise(ABORT, 'gold is append-only'); END;
