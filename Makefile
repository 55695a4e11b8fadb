# One command each. A clean clone needs Python 3.11+, make and the package registries.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STORE  ?= data/store
DEMO   ?= data/demo
PORT   ?= 8050

.PHONY: install demo test lint lock wheelhouse bench peers clean

install: $(VENV)/.installed

# pip installs from the hash lock; bytecode is compiled once because an uncompiled start takes three times as long.
$(VENV)/.installed: requirements-dev.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Living Circle needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Run: make install PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --require-hashes --no-deps --only-binary :all: -r requirements-dev.lock
	$(BIN)/python -m pip check
	$(BIN)/python -m compileall -q -j 2 $(VENV)/lib >/dev/null || true
	touch $@

demo: install
	$(BIN)/python -m etl demo --out $(DEMO)
	$(BIN)/python -m etl build $(DEMO)/previous/city.toml --store $(STORE)
	$(BIN)/python -m etl build $(DEMO)/city.toml --store $(STORE)
	$(BIN)/python -m dashboard --store $(STORE) --port $(PORT) --with-worker

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

bench: install
	$(BIN)/python -m pytest -q -s tests/bench -m bench

# Holds the arithmetic of geo against PySAL, in an environment of its own; no part of the suite.
peers: $(VENV)-peers/.installed
	$(VENV)-peers/bin/python -m pytest -q --confcutdir=tests/peers tests/peers/peers_of_geo.py

$(VENV)-peers/.installed: tests/peers/requirements.lock
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install -qq --require-hashes --no-deps --only-binary :all: -r tests/peers/requirements.lock
	touch $@

# uv only makes the lock; pip installs it.
lock: install
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate -c requirements-dev.lock tests/peers/requirements.in -o tests/peers/requirements.lock

# Wheels for an image or a server without internet, glibc 2.28 or newer. pip takes each platform tag literally, so all are named.
wheelhouse: install
	$(BIN)/python -m pip download -qq --require-hashes --no-deps --only-binary :all: --python-version 3.11 --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_26_x86_64 --platform manylinux_2_24_x86_64 --platform manylinux2014_x86_64 -d wheelhouse -r requirements.lock

clean:
	rm -rf $(VENV) $(VENV)-peers wheelhouse data/store data/demo .pytest_cache .ruff_cache .hypothesis
