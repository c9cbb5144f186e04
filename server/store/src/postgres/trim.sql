-- Bodies go at once, but for the newest; keys an hour later, when no append from before can be on
-- its way any more: its statement is cut after seconds.
WITH newest AS (
    SELECT max(first_version) AS first_version FROM boxoffice_batch WHERE log = $1
), gone AS (
    DELETE FROM boxoffice_batch b USING newest
    WHERE b.log = $1 AND b.first_version < newest.first_version
      AND b.trimmed_at < clock_timestamp() - interval '1 hour'
)
UPDATE boxoffice_batch b SET body = NULL, trimmed_at = clock_timestamp()
FROM newest, boxoffice_snapshot s
WHERE b.log = $1 AND s.log = $1 AND b.body IS NOT NULL
  AND b.first_version < newest.first_version AND b.last_version <= least($2, s.version)
