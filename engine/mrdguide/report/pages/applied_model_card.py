"""The CHAI applied model card as XML (schema v0.2): elements by their paths, in the order in which they are given."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from ..legible import legible

NAMESPACE = "https://mc.chai.org/v0.2/schema.xsd"


def to_xml(elements: Iterable[tuple[str, str]]) -> str:
    """The document. A path that comes twice is two elements of one parent."""
    register_namespace("", NAMESPACE)
    root = Element(_name("AppliedModelCard"))
    for path, says in elements:
        *parents, leaf = path.split("/")
        inside = root
        for parent in parents:
            is_open = len(inside) > 0 and inside[-1].tag == _name(parent)
            inside = inside[-1] if is_open else SubElement(inside, _name(parent))
        SubElement(inside, _name(leaf)).text = legible(says)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
