"""The HTTP service: CDS Hooks, evaluations and reports. Needs the extra `service`."""
