# Everything a person types. Nothing is put outside this directory; `make clean` removes what was built.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
FRONT := $(shell find static/css static/js static/img static/build.mjs -type f 2>/dev/null)
WORDS := $(wildcard secdash/locale/*/LC_MESSAGES/*.po)
UV := $(BIN)/uv pip
# Half as many again as there are cores: tests that talk to browsers and servers wait for them.
TESTERS ?= $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))
export UV_LINK_MODE := copy
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help env run demo test faults test-system check fmt bench lock messages audit clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

env: $(VENV)/.installed node_modules/.installed static/built/.built $(VENV)/.words ## Build all that is needed, into this directory

run: env ## Start the product on this machine, and say where it is
	@$(MANAGE) up

demo: env ## The same with a sample fleet
	@$(MANAGE) up --demo

# What one worker compiled, the next run need not: half a minute of a processor in each of them.
test: env ## Run the whole suite
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n $(TESTERS) --dist loadgroup

faults: env ## The tests alone that kill, freeze and cut off real parts (root)
	$(BIN)/pytest tests/faults

test-system: ## Install the Debian packages of the real-parts tests (root)
	bash .ci/system-packages

check: env ## Lint, types, import law, migrations, deployment settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --target-version 5.2 --check $$(git ls-files --cached --others --exclude-standard 'templates/*.html')
	$(BIN)/mypy
	$(BIN)/lint-imports
	SECDASH_DATA=$$(mktemp -d) $(MANAGE) makemigrations --check --dry-run
	SECDASH_URL=https://secdash.example.org SECDASH_SECRET_KEY=$$(head -c 48 /dev/urandom | base64 -w0) \
	  $(MANAGE) check --deploy --fail-level WARNING

fmt: env ## Format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade --target-version 5.2 $$(git ls-files --cached --others --exclude-standard 'templates/*.html')

bench: env ## Measure, each against a floor in the same run
	$(BIN)/python -m bench

lock: $(VENV)/.uv ## Pin requirements*.txt anew from the .in files
	$(UV) compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements.in -o requirements.txt
	$(UV) compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements-tracing.in -o requirements-tracing.txt
	$(UV) compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements-dev.in -o requirements-dev.txt
	$(UV) compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements-build.in -c requirements-dev.txt -o requirements-build.txt

messages: env ## Collect texts for translation (needs gettext: make test-system)
	$(MANAGE) messages

audit: env ## Ask the advisory services of PyPI and npm about what is pinned (needs the internet)
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	$(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt -r requirements-dev.txt
	$(BIN)/npm audit

clean: ## Remove what was built; data/ stays
	rm -rf $(VENV) node_modules static/built staticfiles

$(VENV)/.uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check $$(grep -o '^uv==[0-9.]*' requirements-dev.txt)
	touch $@

$(VENV)/.installed: $(VENV)/.uv requirements-dev.txt
	$(UV) install --quiet --require-hashes -r requirements-dev.txt
	touch $@

node_modules/.installed: $(VENV)/.installed package.json package-lock.json
	$(BIN)/npm ci --silent --no-audit --no-fund
	touch $@

static/built/.built: node_modules/.installed $(FRONT)
	$(BIN)/node static/build.mjs
	$(MANAGE) collectstatic --noinput --clear --verbosity 0
	touch $@

$(VENV)/.words: $(VENV)/.installed $(WORDS)
	$(BIN)/pybabel --quiet compile --directory secdash/locale --domain django
	touch $@
