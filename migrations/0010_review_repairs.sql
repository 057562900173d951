-- Why a gold item is there was written in part, which nobody could read: the page of its queue
-- failed. The parts that were left out are put around it. A queue without a random share has no
-- items drawn at random, and one that says so would stand out.
UPDATE item_reasons
SET detail = json_object('strength', strength, 'solution', NULL, 'detail', json(detail))
WHERE json_extract(detail, '$.rule') IS NOT NULL;

DELETE FROM item_reasons
WHERE rule = 'random' AND json_extract(detail, '$.detail.share') = 0
AND EXISTS (SELECT 1 FROM item_reasons AS o WHERE o.item = item_reasons.item AND o.rule <> 'random');

-- A press that is sent again because its answer was lost is the same press: it is in the log once.
ALTER TABLE actions ADD COLUMN press TEXT;
CREATE UNIQUE INDEX actions_by_press ON actions (item, person, press) WHERE press IS NOT NULL;

-- What a person has handed in at a queue, all and since a moment, is counted on every page of review,
-- in the index alone: SQLite wants the column of the condition in it for that.
CREATE INDEX submissions_in_force_by_person ON submissions (queue, person, submitted_at, withdrawn_at)
WHERE withdrawn_at IS NULL;
