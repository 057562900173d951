-- Answers of requests that carried an Idempotency-Key, so that a repeated request gets the same
-- answer instead of a second run. `id` is the order of arrival; ids are never used twice, so that a
-- late request cannot settle a key that was freed and taken again.

CREATE TABLE idempotency (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL UNIQUE,
    -- Hash of method, path and body.
    fingerprint  BLOB NOT NULL,
    -- Seconds since 1970.
    expires_at   INTEGER NOT NULL,
    -- NULL while the request is at work; then the answer.
    status       INTEGER CHECK (status BETWEEN 200 AND 599),
    content_type TEXT,
    location     TEXT,
    body         BLOB,
    bytes        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
