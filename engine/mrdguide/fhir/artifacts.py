"""All that the project publishes in FHIR: terminology, the profile of an MRD result, the operation and the capabilities."""

from __future__ import annotations

from .capability import capability_statement, operation_definition
from .mrd_observation import mrd_observation
from .terminology import Resource, terminology


def artifacts(site: str | None = None) -> list[Resource]:
    """CodeSystems, ValueSets, ConceptMaps, StructureDefinition, OperationDefinition and CapabilityStatement (R4).

    A site file (its path) comes into the terminology as it comes into reading.

    Raises:
        SiteFileError: the site file cannot be read.
    """
    return [*terminology(site), mrd_observation(), operation_definition(), capability_statement()]
