# The two commands of the README are `make run` and `make test`; both set up what they need in .venv.
FITS := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c "$(FITS)" 2>/dev/null && echo $$name && exit; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin

# Python 3.13 and later lack a name that durable-rules, the second engine, calls; another one does the same.
NEWER := import sys; sys.exit(sys.version_info < (3, 13))
CPPFLAGS += $(shell $(PYTHON) -c "$(NEWER)" 2>/dev/null && echo -DPyEval_CallObject=PyObject_CallObject)
export CPPFLAGS

# How many times as many examples as the laws name `make laws` tries, others on every run.
TIMES ?= 20

# How many mutants of the rules `make mutants` tries at a time.
JOBS ?= 1

# How many attacks at random `make adversary` makes.
ATTACKS ?= 1000

# The script that the workbench needs, with its licence; npm fetches it, and it is never part of the repository.
HTMX := htmx.org@4.0.1

.PHONY: run workbench workbench-static test short laws damage adversary accessibility mutants dossier docs picture costs upgrading lock release components check setup benchmark clean

run: $(VENV)/runtime
	$(BIN)/mrdguide evaluate examples/cessation-supported.yaml --as-of 2026-11-21

test: $(VENV)/development
	$(BIN)/pytest -n auto

workbench: $(VENV)/development
	$(PYTHON) hatch_build.py $(HTMX)
	$(BIN)/mrdguide workbench

# What `mrdguide workbench --static DIR` puts together: npm and pip fetch it, each file checked by its hash.
workbench-static: $(VENV)/development
	$(PYTHON) hatch_build.py $(HTMX)
	$(BIN)/python building/static_parts.py

# Both engines on the Python that is named: make short PYTHON=python3.13 VENV=elsewhere
short: $(VENV)/runtime
	$(BIN)/pip install --quiet --disable-pip-version-check pytest hypothesis
	$(BIN)/python -c "import durable.engine"
	$(BIN)/pytest -q tests/decide tests/cases tests/laws/test_decisions.py tests/laws/test_threads.py

laws: $(VENV)/development
	MRDGUIDE_LAWS=$(TIMES) $(BIN)/pytest -n auto tests/laws tests/service/test_generated.py tests/service/test_mutated.py

# Hours: every example's FHIR record, damaged at one place or at two, others on every run.
damage: $(VENV)/development
	MRDGUIDE_SINGLE_MUTATIONS=50000 MRDGUIDE_DOUBLE_MUTATIONS=20000 MRDGUIDE_SEED=$$(date +%s) \
		$(BIN)/pytest -n 2 tests/intake/fhir/test_mutated.py

# Long: every command against full disks, closed streams, interrupts and other encodings; hostile text, records of 10,000
# entries, and so many attacks at random, others on every run.
adversary: $(VENV)/development
	MRDGUIDE_ADVERSARY=$(ATTACKS) MRDGUIDE_SEED=$${MRDGUIDE_SEED:-$$(date +%s)} $(BIN)/pytest -v -n auto tests/adversary

# Every kind of page, of the documentation too, in a headless Chromium, looked at by axe-core, which npm fetches for this run alone.
accessibility: $(VENV)/development
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
		npm install --silent --no-audit --no-fund --prefix "$$scratch" axe-core@4 && \
		$(BIN)/python -m tests.accessibility.axe "$$scratch/node_modules/axe-core/axe.min.js" && \
		$(BIN)/python -m docs.making "$$scratch/site" && \
		$(BIN)/python -m tests.accessibility.axe "$$scratch/node_modules/axe-core/axe.min.js" --site "$$scratch/site" && \
		$(PYTHON) hatch_build.py $(HTMX) && \
		$(BIN)/python building/static_parts.py && \
		MRDGUIDE_AXE="$$scratch/node_modules/axe-core/axe.min.js" $(BIN)/pytest tests/workbench/test_browser.py tests/workbench/test_alone_browser.py

mutants: $(VENV)/development
	$(BIN)/python -m tests.mutation.rules --jobs $(JOBS)

# What is made from data and kept: hazard log, safety argument, intended use, threat model; who checked the evidence (README).
dossier: $(VENV)/development
	$(BIN)/python -m tests.dossier

# The documentation as a site, without network: build/docs/index.html opens in any browser, search included.
docs: $(VENV)/development
	$(BIN)/python -m docs.making build/docs

# The picture of the sheet in the README, by a headless Chromium.
picture: $(VENV)/development
	$(BIN)/python -m docs.making.picture

# The figures of docs/reference/costs.md and of the page on Spark, in processor time; some minutes.
costs: $(VENV)/development
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[benchmark]'
	$(BIN)/python benchmarks/speed.py --quick --keep benchmarks/kept/speed.json
	$(BIN)/python benchmarks/spark_cost.py --patients 1500 --keep benchmarks/kept/spark.json
	$(BIN)/python -m tests.dossier

# Whose answer changes since an earlier release: make upgrading TAG=v0.1.0 (any tag or commit).
upgrading: $(VENV)/development
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && git archive $(TAG) rules | tar x -C "$$scratch" && \
		$(BIN)/python -m docs.making.upgrading "$$scratch/rules" core > "$$scratch/page.md" && cp "$$scratch/page.md" docs/upgrading.md

# The exact versions, with hashes, that the container installs. Run it on the Python and system of the container.
lock: $(VENV)/development
	$(BIN)/python -m docs.making.lock '.[service,postgres]' > requirements.lock.new && mv requirements.lock.new requirements.lock

# Wheel and source archive, built twice: they must be the same to the byte.
release: $(VENV)/development
	rm -rf dist/release build/again
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --outdir dist/release .
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --outdir build/again .
	for file in dist/release/*; do cmp "$$file" "build/again/$$(basename "$$file")" || exit 1; done
	cd dist/release && sha256sum *

# What the program runs on: a bill of materials (CycloneDX) of all that the container installs, and the licences of every extra.
components: $(VENV)/development
	mkdir -p dist && scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
		$(PYTHON) -m venv "$$scratch/used" && "$$scratch/used/bin/pip" install --quiet '.[service,postgres]' && \
		$(PYTHON) -m venv "$$scratch/tool" && "$$scratch/tool/bin/pip" install --quiet 'cyclonedx-bom>=7,<8' && \
		"$$scratch/tool/bin/cyclonedx-py" environment --output-reproducible --pyproject pyproject.toml \
			--output-file dist/components.cdx.json "$$scratch/used/bin/python"
	$(BIN)/python -m tests.dossier.components > dist/licences.md

check: $(VENV)/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

benchmark: $(VENV)/development
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[benchmark]'
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/endurance.py

setup: $(VENV)/development

$(VENV)/runtime: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[cross-check]'
	$(BIN)/python -m compileall -q engine  # also where Python is told to write no compiled modules itself
	touch $@

$(VENV)/development: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m compileall -q engine
	touch $@ $(VENV)/runtime

clean:
	rm -rf $(VENV) engine/mrdguide/shipped dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
