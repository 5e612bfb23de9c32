# Set-up, checks and demo. Each target first does whatever set-up is still missing.

BIN := .venv/bin

# Where the environment forbids it, each of the hundreds of processes of the tests would compile all modules anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup format lint check test bench demo docs model

help:
	@echo "make setup    Debian packages, .venv and the embedded Asterisk; SETUP=--tests: PostgreSQL and mosquitto too"
	@echo "make demo     one real call per service, shown live; then case, alert and MQTT message"
	@echo "make test     lint, types, floors and all tests"
	@echo "make check    the same without the tests that need Asterisk"
	@echo "make lint     style, types and floors alone"
	@echo "make format   puts the style right"
	@echo "make docs     draws the pictures of the architecture from the code"
	@echo "make model    trains models/ko-embedded anew: about three hours; started again, it goes on"
	@echo "make bench    measures, and writes benchmarks/RESULTS.md and the figures of both README files"

setup:
	@scripts/setup.sh $(SETUP)

# The tests and benchmarks of records and events run on PostgreSQL and mosquitto too; nothing else needs them.
check test bench: SETUP := --tests

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# A file stays on one core: what its tests share is made once.
check: lint
	$(BIN)/pytest -m "not acceptance" --ignore tests/acceptance -n auto --dist loadfile

# Real calls run in real time, so alone; both parts are run even if one fails.
test: lint
	@status=0; \
	$(BIN)/pytest -m "not acceptance" --ignore tests/acceptance -n auto --dist loadfile --durations=15 || status=1; \
	$(BIN)/pytest -m acceptance tests/acceptance --durations=25 || status=1; \
	exit $$status

docs: setup
	$(BIN)/python scripts/draw_architecture.py

bench: setup
	$(BIN)/python -m benchmarks.run

# The broker of the demo; where it cannot be installed the demo shows what waits for one.
demo: SETUP := --broker
demo: setup
	@$(BIN)/voicebot demo

# torch comes with this target alone. The model follows from the seed: MODEL="--seed 2 --hours 1" and so on.
model: setup
	@$(BIN)/python -c "import torch" 2>/dev/null || $(BIN)/pip install -c constraints.txt -e '.[train]'
	@$(BIN)/python -m models.train $(MODEL)
