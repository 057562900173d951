-- Runs know how many people rated them: raised when something is handed in, lowered when it is
-- taken back, so that the list of runs filters by it without a join.

UPDATE runs SET annotations = (
    SELECT count(*) FROM submissions WHERE submissions.run = runs.id AND withdrawn_at IS NULL)
WHERE id IN (SELECT run FROM submissions);

CREATE TRIGGER submissions_counted AFTER INSERT ON submissions WHEN NEW.withdrawn_at IS NULL
BEGIN
    UPDATE runs SET annotations = annotations + 1 WHERE id = NEW.run;
END;

CREATE TRIGGER submissions_uncounted AFTER UPDATE OF withdrawn_at ON submissions
WHEN OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
BEGIN
    UPDATE runs SET annotations = max(annotations - 1, 0) WHERE id = NEW.run;
END;
