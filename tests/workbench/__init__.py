"""The workbench: pages from states, over HTTP, and in a real browser."""
