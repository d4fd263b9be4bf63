"""The command line begins here: `mrdguide`, and `python -m mrdguide`.

Hardly anything is imported before `main` runs, so that an interrupt while the rest is being imported ends in a status and
not in a traceback.
"""

import sys

INTERRUPTED = 130


def main() -> int:
    """Run one command; returns the exit status."""
    try:
        from .cli import main as run
    except KeyboardInterrupt:
        return INTERRUPTED
    return run()


if __name__ == "__main__":
    sys.exit(main())
