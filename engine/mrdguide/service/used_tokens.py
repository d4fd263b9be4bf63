"""Which tokens were used already, told to all processes that share a record."""

from __future__ import annotations

import hashlib
import json

from ..cds.seen_tokens import Identity
from ..record import DecisionStore

# The longest life of a token: with clocks that far apart one could be forgotten here and still be good elsewhere.
_CLOCKS_APART = 3_600


class SharedTokens:
    """Tokens that are good once, whichever process they come to and whether or not it was started anew."""

    def __init__(self, store: DecisionStore) -> None:
        """Raises RecordError where the database refuses."""
        self._table = store.shared("used-token", kept_on=_CLOCKS_APART)

    def first_time(self, identity: Identity, expires: float, now: float) -> bool:
        """Whether it was not seen yet, by any process.

        Raises:
            RecordError: the database refuses; then nobody knows.
        """
        # Issuer and id stand in no backup of the record: their hash tells a token as well.
        key = hashlib.sha256(json.dumps(identity).encode()).hexdigest()
        return self._table.add(key, expires, now)
