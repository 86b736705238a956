"""Stripe's form encoding: `a[b][0][c]=1` is a tree, and every leaf arrives as text."""

from __future__ import annotations

import re
import urllib.parse

_SCALARS = {
    "integer": (re.compile(r"-?\d+"), int),
    "boolean": (re.compile("true|false"), "true".__eq__),
}


def decoded(form: str) -> dict:
    """Return a form as nested dicts and lists of text."""
    root: dict = {}
    for key, value in urllib.parse.parse_qsl(form, keep_blank_values=True):
        *parents, last = re.findall(r"[^\[\]]+", key)
        node = root
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = value
    return _with_lists(root)


def coerced(value, schema: dict, definitions: dict):
    """Turn the text of a decoded form into the types its schema wants, where it reads as such."""
    for option in _options(schema, definitions):
        if isinstance(value, dict) and "properties" in option:
            known = option["properties"]
            return {k: coerced(v, known.get(k, {}), definitions) for k, v in value.items()}
        if isinstance(value, list) and "items" in option:
            return [coerced(item, option["items"], definitions) for item in value]
        pattern, convert = _SCALARS.get(option.get("type"), (None, None))
        if isinstance(value, str) and pattern and pattern.fullmatch(value):
            return convert(value)
    return value


def _options(schema, definitions):
    while "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    for option in schema.get("anyOf", [schema]):
        if "$ref" in option:
            yield from _options(option, definitions)
        else:
            yield option


def _with_lists(node):
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_with_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _with_lists(value) for key, value in node.items()}
