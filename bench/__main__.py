"""`python -m bench NAME [--size N]`: one measurement, one JSON line."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from types import ModuleType
from typing import Final

NAMES: Final = (
    "dunning",
    "deliver",
    "pdf",
    "issue",
    "list_page",
    "importing",
    "export",
    "real_book",
    "digest",
    "newcomer",
    "first_evening",
)


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in NAMES:
        sys.exit(f"usage: python -m bench {{{'|'.join(NAMES)}}} [--size N] [--help]")
    from bench.place import throwaway  # noqa: PLC0415 -- only once there is something to measure

    with throwaway() as urls:
        import django  # noqa: PLC0415 -- after the services

        django.setup()
        module = importlib.import_module(f"bench.{name}")
        options = _options(name, module)
        figures = module.run(urls, options)
    print(json.dumps({"name": name, "size": options.size, **figures}))


def _options(name: str, module: ModuleType) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m bench {name}", description=module.__doc__)
    parser.add_argument("--size", type=int, default=module.SIZE)
    if hasattr(module, "arguments"):
        module.arguments(parser)
    return parser.parse_args(sys.argv[2:])


if __name__ == "__main__":
    main()
