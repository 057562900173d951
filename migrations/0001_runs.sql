-- Runs and what belongs to them. Ids are UUIDv7 behind a prefix, so the order of ids is the order
-- of time and pages need no other sort key. Scores are checked here as well: a NaN becomes NULL in
-- SQLite, and anything outside 0..=1 is a bug that must not be stored.

CREATE TABLE problems (
    id               TEXT PRIMARY KEY,
    text             TEXT NOT NULL,
    reference_answer TEXT
) STRICT;

CREATE TABLE runs (
    id               TEXT PRIMARY KEY,
    problem_id       TEXT NOT NULL REFERENCES problems (id),
    kind             TEXT NOT NULL,
    strategy         TEXT NOT NULL,
    status           TEXT NOT NULL
        CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    -- The chosen solution; its kind and verdict stand here too so that lists need no join.
    chosen           TEXT,
    chosen_kind      TEXT,
    chosen_orm       REAL CHECK (chosen_orm BETWEEN 0 AND 1),
    correct          INTEGER CHECK (correct IN (0, 1)),
    answer           TEXT,
    threshold        REAL NOT NULL CHECK (threshold BETWEEN 0 AND 1),
    threshold_source TEXT NOT NULL,
    queue_ms         INTEGER NOT NULL,
    draft_ms         INTEGER NOT NULL,
    score_ms         INTEGER NOT NULL,
    refine_ms        INTEGER NOT NULL,
    rerank_ms        INTEGER NOT NULL,
    notes            TEXT NOT NULL,
    error_code       TEXT,
    error_detail     TEXT,
    created_at       TEXT NOT NULL,
    -- The work still to be done, for runs that go through the queue; NULL for the others.
    work             TEXT,
    attempts         INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1))
) STRICT;

CREATE INDEX runs_by_status ON runs (status, id);
CREATE INDEX runs_by_kind ON runs (kind, id);
CREATE INDEX runs_by_chosen ON runs (chosen_kind, id);
CREATE INDEX runs_by_correct ON runs (correct, id);
CREATE INDEX runs_by_problem ON runs (problem_id);

CREATE TABLE solutions (
    id               TEXT PRIMARY KEY,
    run_id           TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position         INTEGER NOT NULL,
    kind             TEXT NOT NULL,
    from_step        INTEGER,
    answer           TEXT,
    orm              REAL CHECK (orm BETWEEN 0 AND 1),
    first_error_step INTEGER,
    correct          INTEGER CHECK (correct IN (0, 1)),
    tokens           INTEGER NOT NULL,
    finish           TEXT NOT NULL,
    -- Unsigned 64 bits, kept as the signed number of the same bits.
    seed             INTEGER NOT NULL,
    model            TEXT NOT NULL,
    prompt           TEXT NOT NULL,
    UNIQUE (run_id, position)
) STRICT;

CREATE TABLE steps (
    solution_id      TEXT NOT NULL REFERENCES solutions (id) ON DELETE CASCADE,
    step             INTEGER NOT NULL CHECK (step >= 1),
    text             TEXT NOT NULL,
    sorm             REAL CHECK (sorm BETWEEN 0 AND 1),
    orm              REAL CHECK (orm BETWEEN 0 AND 1),
    PRIMARY KEY (solution_id, step)
) STRICT, WITHOUT ROWID;

-- How many runs have each value of each filter, kept by triggers so that a list of a million runs
-- need not be counted.
CREATE TABLE run_counts (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (facet, value)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER runs_count_inserted AFTER INSERT ON runs BEGIN
    INSERT INTO run_counts (facet, value, n)
    VALUES ('all', '', 1), ('status', NEW.status, 1), ('kind', NEW.kind, 1),
           ('chosen', coalesce(NEW.chosen_kind, 'none'), 1),
           ('correct', coalesce(iif(NEW.correct, 'true', iif(NEW.correct = 0, 'false', NULL)), 'unknown'), 1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER runs_count_deleted AFTER DELETE ON runs BEGIN
    INSERT INTO run_counts (facet, value, n)
    VALUES ('all', '', -1), ('status', OLD.status, -1), ('kind', OLD.kind, -1),
           ('chosen', coalesce(OLD.chosen_kind, 'none'), -1),
           ('correct', coalesce(iif(OLD.correct, 'true', iif(OLD.correct = 0, 'false', NULL)), 'unknown'), -1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n - 1;
END;

CREATE TRIGGER runs_count_updated AFTER UPDATE OF status, chosen_kind, correct ON runs BEGIN
    INSERT INTO run_counts (facet, value, n)
    VALUES ('status', OLD.status, -1),
           ('chosen', coalesce(OLD.chosen_kind, 'none'), -1),
           ('correct', coalesce(iif(OLD.correct, 'true', iif(OLD.correct = 0, 'false', NULL)), 'unknown'), -1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n - 1;
    INSERT INTO run_counts (facet, value, n)
    VALUES ('status', NEW.status, 1),
           ('chosen', coalesce(NEW.chosen_kind, 'none'), 1),
           ('correct', coalesce(iif(NEW.correct, 'true', iif(NEW.correct = 0, 'false', NULL)), 'unknown'), 1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n + 1;
END;
