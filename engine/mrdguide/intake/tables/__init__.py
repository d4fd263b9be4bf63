"""Patients from CSV tables, for groups that keep their data in spreadsheets: `read_tables(folder) -> list[Patient]`.

Ten files in one folder, of which the last three may be left out, UTF-8 (a byte order mark is accepted), separated by commas, the first line the headers:

- `patients.csv`: one row per patient. Needed: `id`, `disease`. Further: `birth_year`, `sex`, `ecog`, `diagnosis_date`;
  `recorded` (the day until which the record goes);
  `beta2_microglobulin`, `albumin`, `ldh`, `creatinine`, each with `..._unit` and `..._upper_limit`; `del_17p`,
  `tp53_mutation`, `t_4_14`, `t_14_16`, `t_14_20`, `gain_1q`, `del_1p32`, each with `..._fraction`, `..._cd138_sorted`,
  `..._copies` and `..._zygosity`; `extramedullary_disease`, `circulating_plasma_cells_percent`, `fdg_avid`,
  `therapy_complete`, `incomplete` (tables that may lack entries of this patient), `tp53_clonal_hematopoiesis`,
  `functional_high_risk` (with `..._definition` and `..._anchor`), `surveillance_feasible`, `preference_stop`,
  `not_known`, `frailty`, `comorbidities`, `t_11_14`, `therapy_wish`, `preference_values` (`NAME: 0 to 10; NAME: 0 to 10`;
  no rule decides on these six), `local` (facts that a layer of the rules adds: `NAME: VALUE; NAME: VALUE`).
- `mrd.csv`: one row per test: `patient_id`, `date`, `specimen`, `method`, `limit_of_detection`, `result`, `level`,
  `first_pull`, `hemodiluted`, `trackable_clone`, `cells`.
- `imaging.csv`: `patient_id`, `date`, `modality`, `deauville_focal`, `deauville_marrow`, `new_lesion`, `rac`,
  `conclusion`, `attribution`, `reference_standard`.
- `therapy.csv`: `patient_id`, `phase`, `line`, `regimen`, `drugs` (separated by semicolons), `kind`, `date`, `start`,
  `end`, `stop_reason`, `start_reason`, `site`. An empty `end` is unknown; `ongoing` says that it continues.
- `responses.csv`: `patient_id`, `date`, `category`, `confirmed`.
- `events.csv`: `patient_id`, `date`, `kind`, `status`, `end`, `attribution`, `confirmed`, `term`, `note`.
- `toxicities.csv`: `patient_id`, `date`, `term`, `grade`, `attributed_to`, `status`, `unacceptable`.
- `markers.csv`: one row per day: `patient_id`, `date`; `serum_m_protein`, `urine_m_protein`, `kappa`, `lambda`, `calcium`,
  `haemoglobin`, `creatinine`, each with `..._unit` and `..._upper_limit`; `involved_light_chain`,
  `serum_immunofixation`, `urine_immunofixation`, `isotype`, `original_isotype`, `therapeutic_antibody_excluded`,
  `marrow_plasma_cells_percent`, `circulating_plasma_cells_percent`, `new_bone_lesion`, `new_soft_tissue_disease`,
  `attribution`.
- `attested.csv`: `patient_id`, `what`, `value`, `of`, `by`, `date`, `note`.
- `unobtainable.csv`: `patient_id`, `what`, `why`, `by`, `date`.

An empty cell, and a column that is left out, is unknown. Dates are YYYY-MM-DD (YYYY-MM or YYYY when the day is not
known), numbers have a decimal point, yes and no may be written so or as true and false. The first seven files have
to be there, because a file that was forgotten would look like nothing having happened: a table with only its headers says
that nothing is recorded. `mrdguide tables template DIR` writes empty tables and a README with every column.
"""

from .reader import Unread, read_each, read_tables

__all__ = ["Unread", "read_each", "read_tables"]
