#!/usr/bin/env python
"""Django's command line, with the services it needs."""

import os
import sys

OWNER_COMMANDS = {"migrate", "backup", "restore"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not os.environ.get("DATABASE_URL"):
        from config.embedded import ensure_services  # noqa: PLC0415 -- only when nothing is set

        ensure_services()
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_URL"] = os.environ.get(
            "DATABASE_OWNER_URL", os.environ["DATABASE_URL"]
        )
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- after services

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
