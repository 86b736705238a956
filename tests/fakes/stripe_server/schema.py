"""JSON Schemas from the annotations inside the installed `stripe` package.

Stripe generates those annotations from its own description of the very API version the package
speaks, so what is derived here is always the contract of what runs. Strict on purpose: unknown
fields and unlisted values are refused, so that a typo of ours fails a test.
"""

from __future__ import annotations

import ast
import decimal
import importlib
import inspect
import sys
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any

import typing_extensions
from stripe import RequestOptions
from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject

_SCALARS = {
    type(None): {"type": "null"},
    typing.Any: {},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    decimal.Decimal: {"type": "string", "format": "decimal"},
}
_LITERALS = (typing.Literal, typing_extensions.Literal)
_WRAPPERS = (typing_extensions.NotRequired, typing_extensions.Required)
_ORDINARY_NAMES = {
    **vars(typing),
    **{name: getattr(typing_extensions, name) for name in ("NotRequired", "TypedDict", "Unpack")},
}


class _LazyClass:
    """A class that a module imports only for type checkers; looked up when it is needed."""

    _known: dict[tuple[str, str], _LazyClass] = {}
    module: str
    name: str

    def __new__(cls, module, name):
        if (module, name) not in cls._known:
            lazy = super().__new__(cls)
            lazy.module, lazy.name = module, name
            cls._known[module, name] = lazy
        return cls._known[module, name]

    def __call__(self):
        raise TypeError("only here because typing accepts callables as types")

    def __or__(self, other):
        return typing.Union[self, other]  # noqa: UP007 - a lazy class has no | of its own

    def loaded(self):
        return getattr(importlib.import_module(self.module), self.name)


class SchemaDeriver:
    """Collects one definition per class; resources not in `expandable` appear as id and name."""

    def __init__(self, expandable: Iterable[type]) -> None:
        self.definitions: dict[str, Any] = {}
        self._expandable = set(expandable)
        self._names_of_module: dict[str, dict[str, Any]] = {}

    def reference(self, cls: type) -> dict[str, Any]:
        """Return a `$ref` to the schema of a params or resource class, deriving it once."""
        resource_name = vars(cls).get("OBJECT_NAME")
        if resource_name and issubclass(cls, StripeObject) and cls not in self._expandable:
            return {
                "type": "object",
                "required": ["id", "object"],
                "properties": {"object": {"enum": [resource_name]}},
            }
        key = f"{cls.__module__}.{cls.__qualname__}".replace("stripe.", "", 1)
        if key not in self.definitions:
            self.definitions[key] = None  # classes refer to each other in circles
            self.definitions[key] = self._of_class(cls)
        return {"$ref": f"#/$defs/{key}"}

    def _of_class(self, cls: type) -> dict[str, Any]:
        is_params = typing.is_typeddict(cls) or typing_extensions.is_typeddict(cls)
        fields = self._params_fields(cls) if is_params else self._resource_fields(cls)
        properties = {name: schema for name, schema, _ in fields}
        return {
            "type": "object",
            "properties": properties,
            "required": [name for name, _, required in fields if required],
            "additionalProperties": False,
        }

    def _params_fields(self, cls):
        """Give the fields of a request; what the SDK keeps for itself is left out."""
        names = self._names_visible_to(cls)
        bases = str(getattr(cls, "__orig_bases__", ""))
        own_options = set(RequestOptions.__annotations__) if "RequestOptions" in bases else set()
        fields = []
        for name, annotation in cls.__annotations__.items():
            if name in own_options:
                continue
            text = getattr(annotation, "__forward_arg__", str(annotation))
            required = name in cls.__required_keys__ and "NotRequired" not in text
            wire_name = "from" if name == "from_" else name
            fields.append((wire_name, self._of_type(annotation, names), required))
        return fields

    def _resource_fields(self, cls):
        """Give the fields of an answer; `Optional` covers both "may be null" and "may lack"."""
        names = self._names_visible_to(cls)
        fields = []
        for name, annotation in vars(cls).get("__annotations__", {}).items():
            if name.startswith("_") or name == "OBJECT_NAME" or "ClassVar" in str(annotation):
                continue
            schema = self._of_type(annotation, names)
            nullable = {"type": "null"} in [schema, *schema.get("anyOf", [])]
            fields.append((name.rstrip("_"), schema, not nullable))
        return fields

    def _names_visible_to(self, cls):
        module = sys.modules[cls.__module__]
        if cls.__module__ not in self._names_of_module:
            self._names_of_module[cls.__module__] = _names_in(module)
        names = dict(self._names_of_module[cls.__module__])
        scope = module
        for part in cls.__qualname__.split("."):
            scope = getattr(scope, part)
            names.update({n: v for n, v in vars(scope).items() if inspect.isclass(v)})
        return names

    def _of_type(self, annotation: Any, names: Mapping[str, Any]) -> dict[str, Any]:
        resolved = _resolved(annotation, names)
        if resolved in _SCALARS:
            return dict(_SCALARS[resolved])
        origin, args = typing.get_origin(resolved), typing.get_args(resolved)
        if origin in _WRAPPERS:
            return self._of_type(args[0], names)
        if origin in _LITERALS:
            return {"enum": list(args)}
        if origin in (typing.Union, types.UnionType):
            return self._of_union(args, names)
        if origin is None and inspect.isclass(resolved) and resolved is not ListObject:
            return self.reference(resolved)
        return self._of_container(origin or resolved, args, names)

    def _of_union(self, args, names):
        if any(typing.get_origin(arg) in _LITERALS for arg in args):
            args = [arg for arg in args if arg is not str]  # "one of these, or any text"
        schemas = []
        for arg in args:
            schema = self._of_type(arg, names)
            if schema not in schemas:
                schemas.append(schema)
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _of_container(self, origin, args, names):
        if origin is list:
            return {"type": "array", "items": self._of_type(args[0], names)}
        if origin in (dict, UntypedStripeObject):
            values = args[1] if origin is dict else args[0]
            return {"type": "object", "additionalProperties": self._of_type(values, names)}
        if origin is ListObject:
            return list_schema(self._of_type(args[0], names) if args else {})
        raise TypeError(f"No schema for {origin!r}")


def list_schema(items: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of Stripe's list of such items."""
    return {
        "type": "object",
        "required": ["object", "data", "has_more", "url"],
        "properties": {
            "object": {"enum": ["list"]},
            "data": {"type": "array", "items": dict(items)},
            "has_more": {"type": "boolean"},
            "url": {"type": "string"},
        },
    }


def _resolved(annotation, names):
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        annotation = eval(annotation, dict(names))  # the installed package's own annotations
    if isinstance(annotation, typing.ForwardRef):
        return _resolved(annotation, names)
    return annotation.loaded() if isinstance(annotation, _LazyClass) else annotation


def _names_in(module):
    """Give the names an annotation may use, with those imported for type checkers only."""
    names = {**_ORDINARY_NAMES, **vars(module)}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stripe."):
            for alias in node.names:
                name = alias.asname or alias.name
                if name not in vars(module):
                    names[name] = _LazyClass(node.module, alias.name)
    return names
