# One image for web, worker and beat. The first stage builds, the second only runs: no compiler, no Node, no root.
ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes -r requirements.txt \
    && python -m venv /tools \
    && /tools/bin/pip install --require-hashes -r requirements-build.txt
COPY package.json package-lock.json .npmrc ./
RUN PATH=/tools/bin:$PATH npm ci --no-audit --no-fund
COPY . .
RUN PATH=/tools/bin:$PATH node static/build.mjs \
    && /venv/bin/pybabel --quiet compile --directory secdash/locale --domain django \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules tests bench \
    && chmod -R a+rX . # whatever umask it was fetched with

FROM ${PYTHON} AS run
# What lays reports out as PDF.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 secdash \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin secdash
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=secdash.settings
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "secdash.embedded.probe", "http://127.0.0.1:8000/health/ready"]
CMD ["gunicorn", "secdash.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
