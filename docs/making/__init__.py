"""The documentation as a site: pages written by hand, and pages made from rules, evidence, schemas and docstrings."""
