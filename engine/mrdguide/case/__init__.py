"""One patient on one day, and how tests are read."""
