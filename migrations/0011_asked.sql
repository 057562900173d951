-- What a run in the foreground was asked to do, as JSON, so that it can be done again. Of one that
-- went through the queue `work` says it; NULL also for runs that were made before.
ALTER TABLE runs ADD COLUMN asked TEXT;
