"""What the rows of a cohort say, counted: tables with their charts, and small counts hidden where that is asked for."""
