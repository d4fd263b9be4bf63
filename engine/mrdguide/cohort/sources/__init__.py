"""Where the patients of a cohort come from: profiles, tables, FHIR, columns. All give entries, one after another."""
