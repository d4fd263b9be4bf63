-- The decision as one writes it in SQL over the same Parquet file, as far as SQL can say it: the last marrow test, its run of
-- negatives, the last image, therapy, events, abnormalities counted. What is unknown is NULL, and NULL is not true: it falls through
-- to the next WHEN. Left out for want of a way to say it: dates known to the month or year (NULL here), courses of response,
-- rises of markers, samples that do not count, what a list may lack, studies.
WITH judged AS (
  SELECT DATE '2026-11-21' AS today, * FROM read_parquet($profiles)
),
listed AS (
  SELECT id, today, diagnosis.disease AS disease, baseline, toxicities, events, surveillance.feasible AS feasible,
    list_filter(therapy, lambda t: t.phase = 'maintenance') AS upkeep,
    therapy,
    list_sort([{'day': TRY_CAST(m.date AS DATE), 'result': m.result, 'level': m.level, 'lod': m.limit_of_detection}
      FOR m IN mrd IF m.specimen = 'marrow']) AS tests,
    list_sort([{'day': TRY_CAST(i.date AS DATE), 'conclusion': i.conclusion} FOR i IN imaging]) AS images
  FROM judged
),
summed AS (
  SELECT *,
    tests[-1] AS last_test,
    images[-1].conclusion = 'positive' AS image_positive,
    images[-1].conclusion = 'negative' AND images[-1].day + INTERVAL 12 MONTH >= today AS image_negative,
    len(list_filter(upkeep, lambda t: t."end" = 'ongoing' OR TRY_CAST(t."end" AS DATE) > today)) > 0 AS on_maintenance,
    date_diff('day', list_min([TRY_CAST(t.start AS DATE) FOR t IN upkeep]), today) / 30.44 AS months_kept_up,
    len(list_filter(therapy, lambda t: t.phase = 'transplant')) > 0 AS transplanted,
    len(list_filter(therapy, lambda t: t.line > 1)) > 0 AS later_line,
    list_max([m.day FOR m IN tests IF m.result = 'detected' AND m.level >= 1e-5]) AS last_positive,
    CAST(baseline.cytogenetics.del_17p.status = 'present' AS INT) + CAST(baseline.cytogenetics.t_4_14.status = 'present' AS INT)
      + CAST(baseline.cytogenetics.t_14_16.status = 'present' AS INT) + CAST(baseline.cytogenetics.t_14_20.status = 'present' AS INT)
      + CAST(baseline.cytogenetics.gain_1q.status = 'present' AS INT) AS abnormalities
  FROM listed
),
runs AS (
  SELECT *,
    list_filter(tests, lambda m: m.result = 'not-detected' AND m.lod <= 1e-5 AND (last_positive IS NULL OR m.day > last_positive)) AS run
  FROM summed
)
SELECT id, CASE
  WHEN disease <> 'multiple-myeloma' AND disease <> 'plasma-cell-leukemia' THEN 'out-of-scope'
  WHEN len(list_filter(events, lambda e: e.kind IN ('progression', 'clinical-relapse') AND e.status = 'active')) > 0
    OR len(list_filter(therapy, lambda t: t.phase = 'relapse')) > 0 THEN 'treat-relapse'
  WHEN last_test.result = 'detected' AND last_test.level >= 1e-5
    AND len(list_filter(tests, lambda m: m.result = 'not-detected' AND m.day < last_test.day)) > 0 THEN 'act-on-resurgence'
  WHEN on_maintenance AND (len(list_filter(toxicities, lambda x: x.unacceptable AND x.status = 'ongoing')) > 0
    OR len(list_filter(events, lambda e: e.kind = 'second-primary-malignancy' AND e.status = 'active')) > 0) THEN 'stop-for-harm'
  WHEN on_maintenance AND (last_positive = last_test.day OR run[1].day + INTERVAL 12 MONTH > run[-1].day OR image_positive
    OR abnormalities >= 2 OR disease = 'plasma-cell-leukemia' OR len(list_filter(events, lambda e: e.kind = 'progression')) > 0)
    THEN 'continue'
  WHEN on_maintenance AND months_kept_up >= 36 AND run[1].day + INTERVAL 36 MONTH <= run[-1].day AND run[-1].lod <= 1e-6
    AND run[-1].day + INTERVAL 6 MONTH >= today AND image_negative AND abnormalities = 0 AND transplanted AND NOT later_line
    AND feasible THEN 'cessation-supported'
  WHEN on_maintenance THEN 'cessation-conditional'
  ELSE 'surveil-off-therapy'
END AS outcome
FROM runs
