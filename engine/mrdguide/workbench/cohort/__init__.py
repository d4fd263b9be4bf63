"""The cohort view: the report of a cohort that was judged before, and from every count in it to its patients."""
