"""The command line begins here: `mrdguide`, and `python -m mrdguide`.

Hardly anything is imported before `main` runs, so that an interrupt while the rest is being imported ends in a status and
not in a traceback.
"""

import gc
import os
import sys

INTERRUPTED = 130
# Nearly all that a command makes at its start stays until it ends: to look for garbage every 700 objects takes a sixth of
# its time.
_COLLECTED_AFTER = 200_000


def main() -> int:
    """Run one command; returns the exit status."""
    gc.set_threshold(_COLLECTED_AFTER)
    # Plugins of other packages would see every profile that is validated; looking for them takes a moment at each start.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from .cli import main as run
    except KeyboardInterrupt:
        return INTERRUPTED
    status = run()
    # All that is left goes with the process; looking through it for garbage at the end would take a seventh of the time.
    gc.freeze()
    return status


if __name__ == "__main__":
    sys.exit(main())
