"""The project's Celery with a timetable of seconds: `celery -A tests.proof.impatient`."""

import datetime as dt

from config.celery import app

SECOND = 1.0

for entry in app.conf.beat_schedule.values():
    entry["schedule"] = dt.timedelta(seconds=SECOND)
