# One virtual environment in the project's root serves every target.
# The first Python that runs and is new enough; a name on the PATH need not be a working one.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
BIN := .venv/bin
SERVER ?=
PORT ?= 8080
COMPUTERS ?= 1000
SOURCE ?=
ONLY ?=
ROUNDS ?=
REPEATS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test test-httpx2 faults lint type generate check-generated bump-spec sandbox bench build ci clean

help: ## Show what there is
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

install: .venv/installed ## Create .venv with everything that development needs

.venv/installed: pyproject.toml
	@test -n "$(PYTHON)" || \
		{ echo "Python 3.11 or newer is needed; say which: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: install ## Fetch every computer, sync and async; SERVER=https://... for a real server
	$(BIN)/python examples/demo.py --computers $(COMPUTERS) $(if $(SERVER),--server $(SERVER))

test: install ## Run the tests
	$(BIN)/python -m pytest -q

test-httpx2: install ## Run the tests of the runtime on httpx2, the successor of httpx
	JAMF_PRO_CLIENT_HTTPX=httpx2 $(BIN)/python -m pytest -q tests/runtime tests/generated/test_every_operation.py

faults: install ## Run all faults on real sockets and write docs/faults.md; REPEATS=20, ONLY=8,9
	$(BIN)/python -m tests.faults --write $(if $(REPEATS),--repeats $(REPEATS)) $(if $(ONLY),--only $(ONLY))

lint: install ## Check style, the generated trees included
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --exclude src/jamf_pro_client/api --exclude src/jamf_pro_client/models \
		--exclude src/jamf_pro_client/classic/api --exclude src/jamf_pro_client/classic/models .

type: install ## Check types, the generated trees included: mypy strict, pyright standard
	$(BIN)/mypy
	$(BIN)/pyright

generate: install ## Generate api/ and models/ from openapi/jamf-pro.json
	$(BIN)/python -m jamf_pro_codegen generate

check-generated: install ## Prove that api/ and models/ are what the pipeline makes
	$(BIN)/python -m jamf_pro_codegen check

bump-spec: install ## Take in a new description: SOURCE=file or https://SERVER/api/schema/
	@test -n "$(SOURCE)" || { echo "say from where: make bump-spec SOURCE=.../11.31.0/api-schema.json"; exit 1; }
	$(BIN)/python -m jamf_pro_codegen facts $(SOURCE) $(if $(VERSION),--version $(VERSION))
	$(BIN)/python -m jamf_pro_codegen versions $(SOURCE) $(if $(VERSION),--version $(VERSION))
	$(BIN)/python -m jamf_pro_codegen generate
	git --no-pager diff --stat -- openapi src/jamf_pro_client

sandbox: install ## Run the sandbox server: PORT=8080 COMPUTERS=1000
	$(BIN)/python -m jamf_pro_sandbox --port $(PORT) --computers $(COMPUTERS)

bench: install ## Measure speed and write benchmarks/README.md; ONLY=decode, encode, import, calls or stream
	$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS))

build: install ## Build wheel and sdist and use the wheel in a clean environment
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(PYTHON) tests/packaging/use_wheel.py dist

ci: lint type test test-httpx2 faults check-generated build ## Everything that has to pass

clean: ## Remove what the targets made
	rm -rf .venv benchmarks/.envs dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
