-- Whose a saved view is: a user's id, or nothing where there were no users.
ALTER TABLE saved_views ADD COLUMN kept_by TEXT;
