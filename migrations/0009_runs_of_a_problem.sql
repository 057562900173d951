-- Runs of one problem are a list like any other: its index ends in the id.
DROP INDEX runs_by_problem;
CREATE INDEX runs_by_problem ON runs (problem_id, id);
