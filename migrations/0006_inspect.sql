-- What the list of runs filters and sorts by, worked out when a run is written; tags, saved views,
-- words of problems, batches. Every filter has an index that ends in the id, so that a page is a
-- short walk along one index; every count is kept by triggers.

-- The critique of the first solution: 0 when every step passes, NULL when nothing was scored.
ALTER TABLE runs ADD COLUMN first_error INTEGER CHECK (first_error >= 0);
-- Lowest step score of the first solution, and the fifth of 0..1 that it lies in.
ALTER TABLE runs ADD COLUMN lowest REAL CHECK (lowest BETWEEN 0 AND 1);
ALTER TABLE runs ADD COLUMN lowest_band INTEGER CHECK (lowest_band BETWEEN 0 AND 4);
-- The first solution and the chosen one have different verdicts.
ALTER TABLE runs ADD COLUMN flip TEXT CHECK (flip IN ('wrong_to_right', 'right_to_wrong'));
-- The model that wrote the first solution.
ALTER TABLE runs ADD COLUMN model TEXT;
-- How many annotations people made of it; raised by whoever keeps them.
ALTER TABLE runs ADD COLUMN annotations INTEGER NOT NULL DEFAULT 0 CHECK (annotations >= 0);
ALTER TABLE runs ADD COLUMN batch_id TEXT REFERENCES batches (id);
ALTER TABLE runs ADD COLUMN total_ms INTEGER
    GENERATED ALWAYS AS (queue_ms + draft_ms + score_ms + refine_ms + rerank_ms) VIRTUAL;

UPDATE runs SET
    (first_error, lowest, model) = (
        SELECT iif(lowest IS NULL, NULL, coalesce(s.first_error_step, 0)), lowest, s.model
        FROM (SELECT o.id, o.first_error_step, o.model,
                     (SELECT min(sorm) FROM steps WHERE solution_id = o.id) AS lowest
              FROM solutions o WHERE o.run_id = runs.id AND o.position = 0) s),
    flip = CASE
        WHEN correct = 1 AND (SELECT correct FROM solutions WHERE run_id = runs.id AND position = 0) = 0
        THEN 'wrong_to_right'
        WHEN correct = 0 AND (SELECT correct FROM solutions WHERE run_id = runs.id AND position = 0) = 1
        THEN 'right_to_wrong' END;
UPDATE runs SET lowest_band = min(4, CAST(lowest * 5 AS INTEGER)) WHERE lowest IS NOT NULL;

CREATE INDEX runs_by_strategy ON runs (strategy, id);
CREATE INDEX runs_by_first_error ON runs (first_error, id);
CREATE INDEX runs_by_band ON runs (lowest_band, id);
CREATE INDEX runs_by_model ON runs (model, id);
CREATE INDEX runs_by_flip ON runs (flip, id) WHERE flip IS NOT NULL;
CREATE INDEX runs_annotated ON runs (id) WHERE annotations > 0;
CREATE INDEX runs_by_batch ON runs (batch_id, id) WHERE batch_id IS NOT NULL;
-- The orders other than by time.
CREATE INDEX runs_by_lowest ON runs (lowest, id);
CREATE INDEX runs_by_orm ON runs (chosen_orm, id);
CREATE INDEX runs_by_total ON runs (total_ms, id);

-- Counts of the new filters. `store/counts.rs` has the same as one query.
INSERT INTO run_counts (facet, value, n)
SELECT facet, value, count(*) FROM (
    SELECT 'strategy' AS facet, strategy AS value FROM runs
    UNION ALL SELECT 'flip', flip FROM runs
    UNION ALL SELECT 'first_error', CAST(first_error AS TEXT) FROM runs
    UNION ALL SELECT 'lowest', CAST(lowest_band AS TEXT) FROM runs
    UNION ALL SELECT 'model', model FROM runs
) WHERE value IS NOT NULL GROUP BY facet, value;

CREATE TRIGGER runs_facets_inserted AFTER INSERT ON runs BEGIN
    INSERT INTO run_counts (facet, value, n)
    SELECT facet, value, 1 FROM (
        SELECT 'strategy' AS facet, NEW.strategy AS value
        UNION ALL SELECT 'flip', NEW.flip
        UNION ALL SELECT 'first_error', CAST(NEW.first_error AS TEXT)
        UNION ALL SELECT 'lowest', CAST(NEW.lowest_band AS TEXT)
        UNION ALL SELECT 'model', NEW.model
        UNION ALL SELECT 'annotated', iif(NEW.annotations > 0, 'true', NULL))
    WHERE value IS NOT NULL
    ON CONFLICT (facet, value) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER runs_facets_deleted AFTER DELETE ON runs BEGIN
    INSERT INTO run_counts (facet, value, n)
    SELECT facet, value, -1 FROM (
        SELECT 'strategy' AS facet, OLD.strategy AS value
        UNION ALL SELECT 'flip', OLD.flip
        UNION ALL SELECT 'first_error', CAST(OLD.first_error AS TEXT)
        UNION ALL SELECT 'lowest', CAST(OLD.lowest_band AS TEXT)
        UNION ALL SELECT 'model', OLD.model
        UNION ALL SELECT 'annotated', iif(OLD.annotations > 0, 'true', NULL))
    WHERE value IS NOT NULL
    ON CONFLICT (facet, value) DO UPDATE SET n = n - 1;
END;

CREATE TRIGGER runs_facets_updated
AFTER UPDATE OF flip, first_error, lowest_band, model, annotations ON runs BEGIN
    INSERT INTO run_counts (facet, value, n)
    SELECT facet, value, -1 FROM (
        SELECT 'flip' AS facet, OLD.flip AS value
        UNION ALL SELECT 'first_error', CAST(OLD.first_error AS TEXT)
        UNION ALL SELECT 'lowest', CAST(OLD.lowest_band AS TEXT)
        UNION ALL SELECT 'model', OLD.model
        UNION ALL SELECT 'annotated', iif(OLD.annotations > 0, 'true', NULL))
    WHERE value IS NOT NULL
    ON CONFLICT (facet, value) DO UPDATE SET n = n - 1;
    INSERT INTO run_counts (facet, value, n)
    SELECT facet, value, 1 FROM (
        SELECT 'flip' AS facet, NEW.flip AS value
        UNION ALL SELECT 'first_error', CAST(NEW.first_error AS TEXT)
        UNION ALL SELECT 'lowest', CAST(NEW.lowest_band AS TEXT)
        UNION ALL SELECT 'model', NEW.model
        UNION ALL SELECT 'annotated', iif(NEW.annotations > 0, 'true', NULL))
    WHERE value IS NOT NULL
    ON CONFLICT (facet, value) DO UPDATE SET n = n + 1;
END;

-- Words that people put on runs.
CREATE TABLE run_tags (
    tag    TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tags_by_run ON run_tags (run_id, tag);

CREATE TRIGGER run_tags_inserted AFTER INSERT ON run_tags BEGIN
    INSERT INTO run_counts (facet, value, n) VALUES ('tag', NEW.tag, 1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER run_tags_deleted AFTER DELETE ON run_tags BEGIN
    INSERT INTO run_counts (facet, value, n) VALUES ('tag', OLD.tag, -1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n - 1;
END;

-- Lists with their filters, by name.
CREATE TABLE saved_views (
    name       TEXT PRIMARY KEY,
    query      TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- Words of problems. A run has a number here, because rows of `runs` have none that lasts: a copy
-- of the database may give them new ones.
CREATE TABLE run_numbers (
    n      INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE REFERENCES runs (id) ON DELETE CASCADE
) STRICT;

CREATE VIRTUAL TABLE run_words USING fts5(
    problem, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO run_numbers (run_id) SELECT id FROM runs ORDER BY id;
INSERT INTO run_words (rowid, problem)
SELECT m.n, p.text FROM run_numbers m
JOIN runs r ON r.id = m.run_id JOIN problems p ON p.id = r.problem_id;

CREATE TRIGGER runs_words_inserted AFTER INSERT ON runs BEGIN
    INSERT INTO run_numbers (run_id) VALUES (NEW.id);
    INSERT INTO run_words (rowid, problem)
    SELECT (SELECT n FROM run_numbers WHERE run_id = NEW.id), text
    FROM problems WHERE id = NEW.problem_id;
END;

CREATE TRIGGER runs_words_deleted BEFORE DELETE ON runs BEGIN
    DELETE FROM run_words WHERE rowid = (SELECT n FROM run_numbers WHERE run_id = OLD.id);
END;

-- Many problems at once. The queue of runs is short on purpose; the problems wait here and are put
-- in it a few at a time.
CREATE TABLE batches (
    id               TEXT PRIMARY KEY,
    name             TEXT NOT NULL,
    -- What each of its runs is asked to do, as JSON.
    work             TEXT NOT NULL,
    total            INTEGER NOT NULL CHECK (total >= 1),
    -- Problems that are runs by now, and how those ended.
    fed              INTEGER NOT NULL DEFAULT 0 CHECK (fed BETWEEN 0 AND total),
    completed        INTEGER NOT NULL DEFAULT 0,
    failed           INTEGER NOT NULL DEFAULT 0,
    cancelled        INTEGER NOT NULL DEFAULT 0,
    -- Chosen answers that match their reference, and that do not.
    right_answers    INTEGER NOT NULL DEFAULT 0,
    wrong_answers    INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    created_at       TEXT NOT NULL
) STRICT;
CREATE INDEX batches_open ON batches (id) WHERE fed < total AND cancel_requested = 0;

CREATE TABLE batch_items (
    batch_id         TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    position         INTEGER NOT NULL CHECK (position >= 1),
    problem          TEXT NOT NULL,
    reference_answer TEXT,
    run_id           TEXT REFERENCES runs (id) ON DELETE SET NULL,
    PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_items_by_run ON batch_items (run_id) WHERE run_id IS NOT NULL;

CREATE TRIGGER runs_count_batch AFTER UPDATE OF status, correct ON runs
WHEN NEW.batch_id IS NOT NULL BEGIN
    UPDATE batches SET
        completed = completed + (NEW.status = 'completed') - (OLD.status = 'completed'),
        failed = failed + (NEW.status = 'failed') - (OLD.status = 'failed'),
        cancelled = cancelled + (NEW.status = 'cancelled') - (OLD.status = 'cancelled'),
        right_answers = right_answers + coalesce(NEW.correct = 1, 0) - coalesce(OLD.correct = 1, 0),
        wrong_answers = wrong_answers + coalesce(NEW.correct = 0, 0) - coalesce(OLD.correct = 0, 0)
    WHERE id = NEW.batch_id;
END;
