-- Review queues, and what people said of the steps. Moments are milliseconds since 1970 in UTC, from
-- the server's clock. A person is named by text: the id of a user, or 'local' where nobody logs in.
-- What people did is never changed: `actions`, `labels` and `guidelines` refuse UPDATE and DELETE,
-- and of a row of `submissions` only `withdrawn_at` can be set, once.

CREATE TABLE queues (
    id            TEXT PRIMARY KEY,                 -- que_ and a UUIDv7
    name          TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 80),
    -- JSON object, rule -> weight >= 0; how often items of a rule are served beside the others; 0 is off.
    -- Rules: convincing_wrong, verifier_conflict, uncertain, sharp_drop, disagreement, user_flagged.
    weights       TEXT NOT NULL CHECK (json_valid(weights)),
    -- Share of completed runs that enter whatever the rules say, and share of servings that take them.
    random_share  REAL NOT NULL CHECK (random_share BETWEEN 0 AND 1),
    overlap       INTEGER NOT NULL CHECK (overlap BETWEEN 1 AND 10),  -- people who must rate an item
    mode          TEXT NOT NULL CHECK (mode IN ('first_error', 'per_step')),
    suggestions   TEXT NOT NULL CHECK (suggestions IN ('before', 'after', 'never')),  -- SORM scores
    lease_minutes INTEGER NOT NULL CHECK (lease_minutes BETWEEN 1 AND 240),
    open          INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),  -- 0: takes no runs, serves nothing
    served        INTEGER NOT NULL DEFAULT 0,       -- leases given so far; seeds the draw of the next
    waiting       INTEGER NOT NULL DEFAULT 0,       -- open items, kept by triggers
    filled_to     TEXT,                             -- oldest run looked at by "fill from earlier runs"
    created_at    INTEGER NOT NULL
) STRICT;

-- What annotators are told; a changed text is a new version.
CREATE TABLE guidelines (
    queue         TEXT NOT NULL REFERENCES queues (id),
    version       INTEGER NOT NULL CHECK (version >= 1),
    text          TEXT NOT NULL,
    author        TEXT NOT NULL,                    -- person
    written_at    INTEGER NOT NULL,
    PRIMARY KEY (queue, version)
) STRICT, WITHOUT ROWID;

-- "Send to queue", as it was asked for.
CREATE TABLE flags (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run           TEXT NOT NULL REFERENCES runs (id),
    queue         TEXT NOT NULL REFERENCES queues (id),
    person        TEXT NOT NULL,
    reason        TEXT NOT NULL,
    at            INTEGER NOT NULL
) STRICT;
CREATE INDEX flags_by_run ON flags (run);

CREATE TABLE items (
    id            TEXT PRIMARY KEY,                 -- itm_ and a UUIDv7
    queue         TEXT NOT NULL REFERENCES queues (id),
    run           TEXT NOT NULL REFERENCES runs (id),
    solution      TEXT NOT NULL,                    -- id of the solution whose steps are rated
    need          INTEGER NOT NULL CHECK (need >= 1),   -- people who must rate it
    done          INTEGER NOT NULL DEFAULT 0,       -- submissions in force that count (not given up)
    open          INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),  -- done < need
    UNIQUE (queue, run)
) STRICT;
CREATE INDEX items_by_queue ON items (queue, open, id);
CREATE INDEX items_by_run ON items (run);

CREATE TRIGGER items_wait AFTER INSERT ON items WHEN NEW.open BEGIN
    UPDATE queues SET waiting = waiting + 1 WHERE id = NEW.queue;
END;
CREATE TRIGGER items_opened AFTER UPDATE OF open ON items WHEN NEW.open <> OLD.open BEGIN
    UPDATE queues SET waiting = waiting + iif(NEW.open, 1, -1) WHERE id = NEW.queue;
    UPDATE item_reasons SET open = NEW.open WHERE item = NEW.id;
END;

-- Why an item is there: every rule that holds for it.
CREATE TABLE item_reasons (
    item          TEXT NOT NULL REFERENCES items (id),
    rule          TEXT NOT NULL,                    -- a rule of `queues.weights`, or 'random'
    queue         TEXT NOT NULL,                    -- of the item, for the index
    open          INTEGER NOT NULL DEFAULT 1,       -- of the item, for the index
    strength      REAL NOT NULL CHECK (strength BETWEEN 0 AND 1),  -- the strongest is served first
    detail        TEXT NOT NULL CHECK (json_valid(detail)),        -- the numbers behind it
    PRIMARY KEY (item, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX reasons_by_strength ON item_reasons (queue, open, rule, strength DESC, item);

-- One row a place: an item has as many as people must rate it. A lease is the one UPDATE that takes
-- a place; a person has at most one place at an item, and a place at most one person.
CREATE TABLE leases (
    item          TEXT NOT NULL REFERENCES items (id),
    seat          INTEGER NOT NULL CHECK (seat >= 1),
    state         TEXT NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'held', 'done')),
    person        TEXT,
    leased_at     INTEGER,
    expires_at    INTEGER,                          -- then somebody else may take a place that is held
    PRIMARY KEY (item, seat),
    UNIQUE (item, person),
    CHECK ((state = 'free') = (person IS NULL)),
    CHECK (state <> 'held' OR expires_at IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX leases_by_person ON leases (person, state);

-- Everything people did, in order: the sheet of a person for an item is the fold of its rows.
CREATE TABLE actions (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    item          TEXT NOT NULL REFERENCES items (id),
    person        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    -- open: the item was served, `data` is how (see submissions); keep: the lease was extended;
    -- rate, rate_rest, critique, correct, choose: edits; undo, redo: of edits;
    -- skip, leave: put off; submit, withdraw: `data` names the submission.
    kind          TEXT NOT NULL CHECK (kind IN ('open', 'keep', 'rate', 'rate_rest', 'rate_before',
                      'critique', 'correct', 'choose', 'undo', 'redo', 'skip', 'leave', 'submit',
                      'withdraw')),
    step          INTEGER CHECK (step >= 1),        -- of edits that concern a step
    -- rate*: {"verdict": "wrong" | "fine" | "good" | "unsure" | null}; critique, correct: {"text"};
    -- choose: {"choice": solution id | "same" | null}; skip: {"reason"}.
    data          TEXT NOT NULL CHECK (json_valid(data))
) STRICT;
CREATE INDEX actions_by_sheet ON actions (item, person, id);
CREATE INDEX actions_by_person ON actions (person, kind, id);

-- An item handed in by a person. Not in force any more once withdrawn: read `submissions_in_force`.
CREATE TABLE submissions (
    id             TEXT PRIMARY KEY,                -- sbm_ and a UUIDv7
    item           TEXT NOT NULL REFERENCES items (id),
    queue          TEXT NOT NULL REFERENCES queues (id),
    run            TEXT NOT NULL REFERENCES runs (id),
    solution       TEXT NOT NULL,                   -- id of the solution whose steps were rated
    person         TEXT NOT NULL,
    outcome        TEXT NOT NULL CHECK (outcome IN ('rated', 'bad_problem', 'gave_up')),
    reason         TEXT,                            -- of a bad problem and of giving up
    comment        TEXT,                            -- on the whole item
    -- As it was served:
    rule           TEXT NOT NULL,                   -- the rule it was drawn by, or 'random', or 'asked'
    reasons        TEXT NOT NULL CHECK (json_valid(reasons)),   -- all rules that held: [{rule, strength, detail}]
    mode           TEXT NOT NULL CHECK (mode IN ('first_error', 'per_step')),
    suggestions    TEXT NOT NULL CHECK (suggestions IN ('before', 'after', 'never')),
    guidelines     INTEGER NOT NULL,                -- version; 0 where the queue had none
    models         TEXT NOT NULL CHECK (json_valid(models)),    -- {role: {id, hash}} of the engine then
    threshold      REAL CHECK (threshold BETWEEN 0 AND 1),      -- of the SORM, as the run was made
    scores         TEXT NOT NULL CHECK (json_valid(scores)),    -- [{solution, kind, model, orm, sorm: [..], steps_orm: [..]}]
    candidates     TEXT NOT NULL CHECK (json_valid(candidates)),-- solution ids as A, B, C; [] where there was no choice
    seed           INTEGER NOT NULL,                -- of that order
    -- What was said of the whole:
    choice         TEXT,                            -- solution id, 'same', or NULL: not answered
    choice_kind    TEXT,                            -- draft, global, local of that solution, or 'same'
    orm_choice     TEXT,                            -- solution id of the run's choice, hidden until answered
    -- How it went:
    seconds        REAL NOT NULL CHECK (seconds >= 0),          -- from the first serving to submitting
    active_seconds REAL NOT NULL CHECK (active_seconds >= 0),   -- the same, each pause counted as two minutes at most
    in_lease       INTEGER NOT NULL CHECK (in_lease IN (0, 1)), -- 0: somebody else had taken the place meanwhile
    started_at     INTEGER NOT NULL,
    submitted_at   INTEGER NOT NULL,
    withdrawn_at   INTEGER                          -- undone by its person
) STRICT;
CREATE UNIQUE INDEX one_submission_in_force ON submissions (item, person) WHERE withdrawn_at IS NULL;
CREATE INDEX submissions_by_queue ON submissions (queue, id);
CREATE INDEX submissions_by_run ON submissions (run);
CREATE INDEX submissions_by_person ON submissions (person, id);

-- One row a step of the rated solution a submission, whatever was said of it.
CREATE TABLE labels (
    submission    TEXT NOT NULL REFERENCES submissions (id),
    step          INTEGER NOT NULL CHECK (step >= 1),
    value         INTEGER CHECK (value IN (-1, 0, 1)),  -- wrong, fine, good; NULL: not rated, never zero
    unsure        INTEGER NOT NULL CHECK (unsure IN (0, 1)),   -- with value NULL
    critique      TEXT,                             -- what is wrong with the step
    correction    TEXT,                             -- the step as it should be
    sorm          REAL CHECK (sorm BETWEEN 0 AND 1),-- the step's score when it was served
    -- 'before', 'after', 'never': whether and when that score was shown to the person for this step.
    shown         TEXT NOT NULL CHECK (shown IN ('before', 'after', 'never')),
    accepted      INTEGER NOT NULL DEFAULT 0 CHECK (accepted IN (0, 1)),  -- by "accept the suggestion"
    PRIMARY KEY (submission, step),
    CHECK (unsure = 0 OR value IS NULL)
) STRICT, WITHOUT ROWID;

CREATE VIEW submissions_in_force AS SELECT * FROM submissions WHERE withdrawn_at IS NULL;

CREATE TRIGGER actions_stay AFTER UPDATE ON actions BEGIN SELECT raise(ABORT, 'actions are append-only'); END;
CREATE TRIGGER actions_remain BEFORE DELETE ON actions BEGIN SELECT raise(ABORT, 'actions are append-only'); END;
CREATE TRIGGER labels_stay AFTER UPDATE ON labels BEGIN SELECT raise(ABORT, 'labels are append-only'); END;
CREATE TRIGGER labels_remain BEFORE DELETE ON labels BEGIN SELECT raise(ABORT, 'labels are append-only'); END;
CREATE TRIGGER guidelines_stay AFTER UPDATE ON guidelines BEGIN SELECT raise(ABORT, 'guidelines are append-only'); END;
CREATE TRIGGER guidelines_remain BEFORE DELETE ON guidelines BEGIN SELECT raise(ABORT, 'guidelines are append-only'); END;
CREATE TRIGGER submissions_remain BEFORE DELETE ON submissions BEGIN SELECT raise(ABORT, 'submissions are append-only'); END;
CREATE TRIGGER submissions_stay BEFORE UPDATE ON submissions
WHEN OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR
    (NEW.id, NEW.item, NEW.queue, NEW.run, NEW.solution, NEW.person, NEW.outcome, NEW.reason,
     NEW.comment, NEW.rule, NEW.reasons, NEW.mode, NEW.suggestions, NEW.guidelines, NEW.models,
     NEW.threshold, NEW.scores, NEW.candidates, NEW.seed, NEW.choice, NEW.choice_kind,
     NEW.orm_choice, NEW.seconds, NEW.active_seconds, NEW.in_lease, NEW.started_at, NEW.submitted_at)
    IS NOT
    (OLD.id, OLD.item, OLD.queue, OLD.run, OLD.solution, OLD.person, OLD.outcome, OLD.reason,
     OLD.comment, OLD.rule, OLD.reasons, OLD.mode, OLD.suggestions, OLD.guidelines, OLD.models,
     OLD.threshold, OLD.scores, OLD.candidates, OLD.seed, OLD.choice, OLD.choice_kind,
     OLD.orm_choice, OLD.seconds, OLD.active_seconds, OLD.in_lease, OLD.started_at, OLD.submitted_at)
BEGIN SELECT raise(ABORT, 'of a submission only withdrawn_at can be set, once'); END;
