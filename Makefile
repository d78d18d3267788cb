# Everything happens in one virtual environment, made on first use from the hashed lock file.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
OUT ?= out
SCENARIO ?= data/kubespray.yaml
LAB_OPTIONS ?=

.PHONY: report test fuzz lab app lint bench lock docs texts pictures clean

report: $(READY) ## a capacity report from the sample cluster
	@mkdir -p $(OUT)
	@$(BIN)/ippoolkit report $(SCENARIO) --out $(OUT)/$(basename $(notdir $(SCENARIO))).html

test: $(READY) ## all tests
	@$(BIN)/python -m pytest -n auto

fuzz: $(READY) ## a million mutated documents through every command; interrupted, the same command goes on
	$(BIN)/python -m tests.fuzz $(if $(COUNT),--count $(COUNT))

lab: $(READY) ## JupyterLab with the planner
	@$(BIN)/ippoolkit lab . $(LAB_OPTIONS)

app: $(READY) ## the planner alone, as a page of its own
	JUPYTER_PATH=ippoolkit/widgets/share JUPYTER_CONFIG_PATH=ippoolkit/widgets/share/config $(BIN)/voila --template=ippoolkit notebooks/planner.ipynb

lint: $(READY) ## style, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/nbstripout --verify notebooks/*.ipynb

bench: $(READY) ## measurements, as ratios against something run beside them
	$(BIN)/python benchmarks/capacity.py
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/check.py
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/audit.py
	$(BIN)/python benchmarks/runbook.py
	$(BIN)/python benchmarks/choose.py
	$(BIN)/python benchmarks/forecast.py
	$(BIN)/python benchmarks/monte_carlo.py

lock: $(READY) ## pin every dependency anew, with hashes and without the index's address
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --upgrade --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet \
	  --output-file requirements.lock

docs: $(READY) ## the documentation as a site that opens from disk, and its generated pages
	$(BIN)/python docs/generate.py
	$(BIN)/python -W ignore docs/build_site.py $(OUT)/site
	@echo $(OUT)/site/index.html

texts: $(READY) ## bring the translations in step with the texts of the code; then translate what is new
	$(BIN)/pybabel -q extract -k N_ -k P_:1,2 --no-location --sort-output -o .texts.pot ippoolkit
	$(BIN)/pybabel -q update -l zh -i .texts.pot -o ippoolkit/locale/zh.po --omit-header --no-fuzzy-matching --ignore-obsolete
	rm .texts.pot

pictures: $(READY) ## record the figures that tests compare with; look at them before committing
	$(BIN)/python -W ignore -m tests.figures

clean: ## remove what was made
	rm -rf .venv $(OUT) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "ippoolkit needs Python 3.11 to 3.13, and $(PYTHON) is not; try make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo "$(PYTHON) cannot make virtual environments; on Debian install python3-venv"; exit 1; }
	@echo "Setting up .venv; this happens once and takes a minute or two."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q ippoolkit
	@touch $@
