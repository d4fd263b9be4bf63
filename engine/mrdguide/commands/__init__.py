"""The commands: one file each, with its arguments and its body. A command with actions is a folder, with a file for each.

A file holds

- `arguments(parser)`, which adds what the command takes to its `argparse.ArgumentParser`,
- `run(parsed)`, which does it and returns the exit status (0: everything was done, 2: bad input).

It is found under its name in `cli.COMMANDS` (an action: in the folder's `ACTIONS`), `-` being `_` in the name of the file, and
imported when it is called. Rooms of the engine are imported inside `run`, so that asking for help loads none of them.
"""
