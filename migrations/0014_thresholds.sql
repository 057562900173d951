-- Runs by the SORM's threshold they were made with, as one more filter with its counts.
-- `store/counts.rs` has the same as one query.
CREATE INDEX runs_by_threshold ON runs (threshold, id);

INSERT INTO run_counts (facet, value, n)
SELECT 'threshold', CAST(threshold AS TEXT), count(*) FROM runs GROUP BY threshold;

CREATE TRIGGER runs_threshold_inserted AFTER INSERT ON runs BEGIN
    INSERT INTO run_counts (facet, value, n) VALUES ('threshold', CAST(NEW.threshold AS TEXT), 1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER runs_threshold_deleted AFTER DELETE ON runs BEGIN
    UPDATE run_counts SET n = n - 1
    WHERE facet = 'threshold' AND value = CAST(OLD.threshold AS TEXT);
END;

-- A waiting run has the threshold of when it was asked for, a finished one that of when it was done.
CREATE TRIGGER runs_threshold_updated AFTER UPDATE OF threshold ON runs
WHEN OLD.threshold <> NEW.threshold BEGIN
    UPDATE run_counts SET n = n - 1
    WHERE facet = 'threshold' AND value = CAST(OLD.threshold AS TEXT);
    INSERT INTO run_counts (facet, value, n) VALUES ('threshold', CAST(NEW.threshold AS TEXT), 1)
    ON CONFLICT (facet, value) DO UPDATE SET n = n + 1;
END;
