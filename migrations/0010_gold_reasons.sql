-- Items marked as gold had got the numbers of their reason without the reason around them.
UPDATE item_reasons
SET detail = json_object('strength', strength, 'detail', json(detail))
WHERE rule = 'random' AND json_type(detail, '$.detail') IS NULL;

-- Whether a person has looked at enough lately, and what they did today, without reading all of a queue.
CREATE INDEX submissions_of_person ON submissions (queue, person, submitted_at)
WHERE withdrawn_at IS NULL;
