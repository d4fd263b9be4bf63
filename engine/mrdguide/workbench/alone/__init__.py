"""The workbench as a folder for any file server: Python runs in a worker of the page and answers what a server would answer."""
