# The application: web, worker, beat and manage.py commands are the same image.
FROM python:3.12-slim AS packages
RUN python -m venv /venv
COPY requirements/run.txt .
RUN /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r run.txt

FROM python:3.12-slim
# What WeasyPrint loads to lay out PDFs.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin echeance
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache \
    VAR_DIR=/app/var
# Translations and static files are part of the image; the keys below serve this step alone.
RUN SECRET_KEY=build LINK_KEY=build FIELD_KEY=build DATABASE_URL=postgres:///none \
    sh -c 'python manage.py compile_translations && python manage.py collectstatic --no-input -v 0 -i django_htmx' \
    && python -m compileall -q /app \
    && mkdir -p var/media && chown -R echeance:echeance var/media
USER echeance
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--forwarded-allow-ips", "*"]
