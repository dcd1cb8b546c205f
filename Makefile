# Everything that is done to this repository, by name. `make` alone lists the names.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help book pdf pages html wheel serve test check links bench lock newest clean

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Where pip looks for PyTorch, when that is not where it finds everything else; see README.md.
TORCH_INDEX ?=
TORCH := $(shell sed -n 's/^\(torch==.*\)/\1/p' requirements.txt)
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
WHEEL := _build/html/wheels/byhand-$(VERSION)-py3-none-any.whl
PACKAGE := $(shell find code -name '*.py')
# The same numbers in every run: one thread for sums, no random order in sets.
export OMP_NUM_THREADS := 1
export PYTHONHASHSEED := 0
# Chapters lie side by side, so a verdict on one page links to another by its name alone.
export BOOK_CHAPTERS := .
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## list these commands
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

.venv/.book: requirements.txt requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make book PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@# torch first and by itself: its builds differ by platform, so no single list of hashes fits.
	$(BIN)/pip install --quiet $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)") "$(TORCH)"
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: .venv/.book requirements-test.txt tests/pyodide-wheels.txt
	$(BIN)/pip install --quiet -r requirements-test.txt
	@rm -rf .venv/pyodide-wheels
	$(BIN)/pip download --quiet --no-deps --only-binary :all: --python-version 3.14 --dest .venv/pyodide-wheels -r tests/pyodide-wheels.txt
	@touch $@

# npm writes the file named here last; it is older than the lock when packages are missing or have changed.
tests/npm/node_modules/.package-lock.json: tests/npm/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --prefix tests/npm; \
	else echo "npm is not installed: the tests that need Node will be skipped."; fi

# In an environment of its own: JupyterLite publishes every JupyterLab extension that lies beside it.
.venv-lite/.made: requirements-lite.lock requirements-browser.lock
	@test -x .venv-lite/bin/python || $(PYTHON) -m venv .venv-lite
	.venv-lite/bin/pip install --quiet --require-hashes -r requirements-lite.lock
	@rm -rf .venv-lite/wheels
	.venv-lite/bin/pip download --quiet --no-deps --only-binary :all: --require-hashes --dest .venv-lite/wheels -r requirements-browser.lock
	@touch $@

book: pages .venv-lite/.made  ## build the book into _build/html
	@$(BIN)/python tools/lite.py
	@echo "The book is ready: open _build/html/index.html, or run make serve."

# All of it besides JupyterLite.
pages: html wheel
	@$(BIN)/python tools/check_site.py _build/html
	@touch _build/.passed

html: .venv/.book
	@# A page is read once, and its warnings are given once: read all pages again after a build that failed,
	@# and when the extensions or the look have changed, which would not reach pages already built.
	@test -e _build/.passed && test -z "$$(find book/_ext book/_static book/figures-live -type f ! -name '*.pyc' -newer _build/.passed)" || rm -rf _build/.doctrees
	@rm -f _build/.passed
	@$(BIN)/python tools/execute.py
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet

wheel: $(WHEEL)

$(WHEEL): tools/wheel.py pyproject.toml README.md LICENSE $(PACKAGE) | .venv/.book html
	@$(BIN)/python tools/wheel.py $(@D)

pdf: book .venv/.test  ## print the book as _build/book.pdf (needs Chromium)
	$(BIN)/python tools/print_book.py _build/book.pdf

serve: book  ## build the book and show it at http://localhost:8000
	$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

test: book .venv/.test tests/npm/node_modules/.package-lock.json  ## build the book and run every test
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: .venv/.test  ## look at style and spelling
	$(BIN)/ruff check .
	$(BIN)/codespell $$(git ls-files '*.md' '*.py' '*.yml' '*.css' '*.js' '*.bib')

links: .venv/.book  ## visit every link of the book; what was found is in _build/links
	@$(BIN)/python tools/execute.py
	@rm -rf _build/links
	@# In a folder of its own: by itself the report would end up among the pages that are published.
	@$(BIN)/jupyter-book build . --builder linkcheck --path-output _build/links --keep-going --quiet || true
	@test -s _build/links/_build/html/output.json
	@# A host that turns programs away (401, 403, 429) or is ill (5xx) has not said that the page is gone.
	@! grep -F '[broken]' _build/links/_build/html/output.txt | grep -vE ': (401|403|429|5[0-9]{2}) (Client|Server) Error'
	@echo "No link is known to be dead."

bench: .venv/.book  ## time byhand beside PyTorch
	$(BIN)/python benchmarks/compare.py

# By itself, so that versions can be looked up without installing the book.
.venv/bin/uv: requirements-test.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet "$$(grep '^uv==' requirements-test.txt)"
	@touch $@

lock: .venv/bin/uv  ## renew requirements.lock from requirements.txt
	$(BIN)/python tools/lock.py

newest: .venv/bin/uv  ## give requirements.txt the newest versions that go together, and lock them
	$(BIN)/python tools/lock.py --newest

clean:  ## remove what was built, but keep .venv and .venv-lite
	rm -rf _build
