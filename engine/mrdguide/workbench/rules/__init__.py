"""The rules view: every rule in English beside its YAML, and a layer that is written in the page and tried on patients."""
