# Two stages, no network for Python: the wheels come from ./wheelhouse (make wheelhouse). See docs/deploy.md.
# Give BASE by digest where images must be reproducible: --build-arg BASE=python:3.11-slim-bookworm@sha256:...
ARG BASE=python:3.11.13-slim-bookworm

FROM ${BASE} AS packages
COPY requirements.lock /build/requirements.lock
COPY wheelhouse /build/wheelhouse
RUN python -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --no-cache-dir --no-index --find-links /build/wheelhouse --only-binary :all: \
    --require-hashes --no-deps -r /build/requirements.lock \
 && /opt/venv/bin/python -m pip check \
 && /opt/venv/bin/python -m compileall -q -j 2 /opt/venv/lib

FROM ${BASE}
# osmium needs libexpat to read .osm files; many bases have it, and then nothing is fetched.
RUN ldconfig -p | grep -q 'libexpat\.so\.1' \
 || { apt-get update && apt-get install -y --no-install-recommends libexpat1 && rm -rf /var/lib/apt/lists/*; }
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE THIRD_PARTY.md pyproject.toml ./
COPY geo geo
COPY etl etl
COPY dashboard dashboard
COPY assets assets
COPY data data
RUN /opt/venv/bin/python -m compileall -q /app \
 && mkdir -p /store/data /store/state /store/inbox && chown -R 10001:10001 /store

# Compiled kernels are cached on the tmpfs: the root file system may be read-only.
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/store/state \
    DASH_MCP_ENABLED=false \
    NUMBA_CACHE_DIR=/tmp/numba \
    PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME ["/store"]
EXPOSE 8050

# The body is read, not the status alone: a page for people also answers 200.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import json, sys, urllib.request; sys.exit(0 if json.load(urllib.request.urlopen('http://127.0.0.1:8050/readyz', timeout=4)).get('ready') is True else 1)"]
CMD ["python", "-m", "dashboard", "--store", "/store", "--host", "0.0.0.0", "--port", "8050"]
