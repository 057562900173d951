-- How urgent waiting work is (0 low, 1 normal, 2 high). Who is next is the first entry of one index,
-- however long the line is.
ALTER TABLE runs ADD COLUMN priority INTEGER NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 2);
ALTER TABLE batches ADD COLUMN priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 2);
UPDATE runs SET priority = 0 WHERE batch_id IS NOT NULL;

CREATE INDEX runs_waiting ON runs (priority DESC, id) WHERE status = 'queued';
CREATE INDEX runs_waiting_of_batches ON runs (batch_id, priority)
    WHERE status = 'queued' AND batch_id IS NOT NULL;
CREATE INDEX batches_open_by_priority ON batches (priority DESC, id)
    WHERE fed < total AND cancel_requested = 0;

-- How often in a row the oldest of a line was overtaken by a more urgent one.
CREATE TABLE turns (
    line      TEXT PRIMARY KEY CHECK (line IN ('runs', 'batches')),
    overtaken INTEGER NOT NULL CHECK (overtaken >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO turns (line, overtaken) VALUES ('runs', 0), ('batches', 0);
