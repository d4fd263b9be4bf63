"""What a call can be refused for; each error knows its HTTP status."""

from __future__ import annotations

from typing import ClassVar

from ..errors import MrdguideError


class CdsError(MrdguideError):
    """A call that gets no cards. `message` says what is wrong and what to do; it holds no clinical data."""

    status: ClassVar[int] = 500

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class MalformedRequest(CdsError):
    """The call is not what CDS Hooks 2.0 asks for, or its FHIR data cannot be read at all."""

    status = 400


class NotAuthorised(CdsError):
    """No token, or one that is not to be trusted."""

    status = 401


class UnknownService(CdsError):
    """There is no service of that id."""

    status = 404


class UnknownCard(CdsError):
    """Feedback about a card that is not on record."""

    status = 404


class UnsupportedEncoding(CdsError):
    """The body is compressed in a way that is not read here, or is not what its head says."""

    status = 415


class TooLarge(CdsError):
    """The body is too large once it is unpacked."""

    status = 413


class NoUsableData(CdsError):
    """The data needed to say anything were not handed over and cannot be fetched (precondition failed)."""

    status = 412
