# Everything happens in one virtual environment, made on first use from hashed lock files: each kind of work adds what it
# needs to what is there.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= out
SCENARIO ?= data/kubespray.yaml
LAB_OPTIONS ?=
# Without bytecode every process would compile pandas and matplotlib again: seconds each.
unexport PYTHONDONTWRITEBYTECODE
REPORT := .venv/.report
NOTEBOOKS := .venv/.notebooks
DEV := .venv/.dev

.PHONY: help setup report test fuzz lab app lint bench lock docs texts pictures clean

report: $(REPORT) ## a capacity report of the sample cluster; of another: make report SCENARIO=FILE
	@mkdir -p $(OUT)
	@$(BIN)/ippoolkit report $(SCENARIO) --out $(OUT)/$(basename $(notdir $(SCENARIO))).html

setup: $(REPORT) ## the command ippoolkit, in .venv/bin, and nothing else

test: $(DEV) ## all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

fuzz: $(DEV) ## a million mutated documents through every command; interrupted, the same command goes on
	$(BIN)/python -m tests.fuzz $(if $(COUNT),--count $(COUNT))

lab: $(NOTEBOOKS) ## JupyterLab with the planner
	@$(BIN)/ippoolkit lab . $(LAB_OPTIONS)

app: $(NOTEBOOKS) ## the planner alone, as a page of its own
	JUPYTER_PATH=ippoolkit/widgets/share JUPYTER_CONFIG_PATH=ippoolkit/widgets/share/config \
	  $(BIN)/voila --template=ippoolkit notebooks/planner.ipynb

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

lint: $(DEV) ## style, types, outputs in notebooks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/nbstripout --verify notebooks/*.ipynb

bench: $(DEV) ## measurements, as ratios against something run beside them
	$(BIN)/python benchmarks/capacity.py
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/audit.py
	$(BIN)/python benchmarks/runbook.py
	$(BIN)/python benchmarks/choose.py
	$(BIN)/python benchmarks/forecast.py
	$(BIN)/python benchmarks/monte_carlo.py

COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet

lock: $(DEV) ## pin every dependency anew, with hashes and without the index's address
	$(BIN)/python -m pip install --quiet --upgrade uv
	$(COMPILE) --all-extras --group dev --upgrade --output-file requirements/dev.lock
	$(COMPILE) --extra notebooks --group build -c requirements/dev.lock --output-file requirements/notebooks.lock
	$(COMPILE) --extra report --group build -c requirements/dev.lock --output-file requirements/report.lock
	$(BIN)/uv --version | sed -n 's/^uv \([0-9.]*\).*/uv==\1/p' | $(subst pyproject.toml,-,$(COMPILE)) \
	  --output-file requirements/uv.lock

docs: $(DEV) ## the documentation as a site that opens from disk, and its generated pages
	$(BIN)/python docs/generate.py
	$(BIN)/python -W ignore docs/build_site.py $(OUT)/site
	@echo $(OUT)/site/index.html

texts: $(DEV) ## bring the translations in step with the texts of the code; then translate what is new
	$(BIN)/pybabel -q extract -k N_ -k P_:1,2 --no-location --sort-output -o .texts.pot ippoolkit
	$(BIN)/pybabel -q update -l zh -i .texts.pot -o ippoolkit/locale/zh.po --omit-header --no-fuzzy-matching --ignore-obsolete
	rm .texts.pot

pictures: $(DEV) ## record the figures that tests compare with; look at them before committing
	$(BIN)/python -W ignore -m tests.figures

clean: ## remove what was made
	rm -rf .venv $(OUT) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.%: requirements/%.lock pyproject.toml tools/environment.py
	@$(PYTHON) tools/environment.py $*
	@touch $@
