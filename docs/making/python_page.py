"""The Python API: public names with their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import mrdguide

from .docstrings import docstring
from .markdown import block, heading, label, page

MODULES = ("fhir", "interview", "cohort", "cohort.spark", "record", "cds", "errors")

_WIDE = 90
# Annotations are texts where a module postpones them.
_QUOTED = re.compile(r"""(: |-> )(['"])(.*?)\2(?=[,)=\s]|$)""")


def python_pages() -> dict[str, str]:
    """The names of the package on one page, those of each module on one of its own."""
    own = {name: getattr(mrdguide, name) for name in sorted(mrdguide.__all__) if name not in (*MODULES, "__version__")}
    own = _called_first(own)
    first = page(
        heading(1, "Python API", "python-api"),
        "What `import mrdguide` gives. Everything else in the package may change without notice. Every error raised on purpose is a "
        "`mrdguide.errors.MrdguideError`.",
        "```{toctree}\n:maxdepth: 1\n\n" + "\n".join(MODULES) + "\n```",
        *(_thing("mrdguide", name, thing) for name, thing in own.items()),
    )
    return {
        "reference/python/index.md": first,
        **{f"reference/python/{name}.md": _module(import_module(f"mrdguide.{name}")) for name in MODULES},
    }


def public(module: ModuleType) -> dict[str, object]:
    """The public names of a module: what `__all__` says, else what it defines itself."""
    listed = getattr(module, "__all__", None)
    names = listed if listed is not None else [
        name for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__
    ]  # fmt: skip
    return _called_first({name: getattr(module, name) for name in sorted(names)})


def _called_first(things: dict[str, object]) -> dict[str, object]:
    """What a reader calls before what it gives back."""
    return dict(sorted(things.items(), key=lambda item: not inspect.isfunction(item[1])))


def _module(module: ModuleType) -> str:
    return page(
        heading(1, module.__name__, label("python", module.__name__)),
        docstring(module),
        *(_thing(module.__name__, name, thing) for name, thing in public(module).items()),
    )


def _thing(home: str, name: str, thing: object) -> str:
    parts = [heading(2, name, label("python", home, name))]
    if inspect.isclass(thing):
        parts += [docstring(thing), *_members(home, name, thing)]
    elif callable(thing):
        parts += [block(_laid_out(f"{name}{_signature(thing)}"), "python"), docstring(thing)]
    elif inspect.ismodule(thing):
        parts += [docstring(thing)]
    else:
        parts += [block(f"{name} = {thing!r}"[:200], "python")]
    return "\n\n".join(part for part in parts if part)


def _members(home: str, name: str, kind: type) -> Iterator[str]:
    """Public methods and properties that the class defines itself and says something of."""
    for member, value in sorted(vars(kind).items()):
        inner = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if member.startswith("_") or not inspect.getdoc(inner):
            continue
        title = heading(3, f"{name}.{member}", label("python", home, name, member))
        if inspect.isfunction(inner):
            yield f"{title}\n\n{block(_laid_out(f'{member}{_signature(inner)}'), 'python')}\n\n{docstring(inner)}"
        elif hasattr(inner, "__get__"):
            yield f"{title}\n\n{docstring(inner)}"


def _laid_out(call: str) -> str:
    """A signature as it is; one that is wider than a page with each of its arguments on a line."""
    if len(call) <= _WIDE:
        return call
    name, _, rest = call.partition("(")
    depth, arguments = 0, [""]
    for place, sign in enumerate(rest):
        if sign == ")" and not depth:
            lines = "".join(f"    {argument.strip()},\n" for argument in arguments)
            return f"{name}(\n{lines}{rest[place:]}"
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and not depth:
            arguments.append("")
        else:
            arguments[-1] += sign
    return call


def _signature(thing: object) -> str:
    try:
        return _QUOTED.sub(r"\1\3", str(inspect.signature(thing)))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "(...)"
