# A thin wrapper; `python3 embedded/bootstrap.py COMMAND` does the same without make.
# Variables: PYTHON (the interpreter), HOST, PORT, DATA_DIR; see docs/operators.md.
PYTHON ?= python3
BOOTSTRAP = @$(PYTHON) embedded/bootstrap.py

.PHONY: help run test test-everything check messages chaos restore-drill compose-check
help: ## what there is
	$(BOOTSTRAP) help

run: ## everything on this machine: page, admin, API, reminders, digests
	$(BOOTSTRAP) run

test: ## checks, and each test once: on PostgreSQL what tells something about the database, all else on SQLite
	$(BOOTSTRAP) test

test-everything: ## every test on both databases, every mail at every width, every guard of delivery taken out; takes hours
	$(BOOTSTRAP) test-everything

check: ## format, lint, types, floors, migrations, translations
	$(BOOTSTRAP) check

messages: ## collect and compile translations
	$(BOOTSTRAP) messages

chaos: ## kill everything for ten minutes, and count who was told what (CHAOS="--short --seed 2")
	$(BOOTSTRAP) chaos $(CHAOS)

restore-drill: ## back up, lose the host, restore on another one, and count who was told what
	$(BOOTSTRAP) restore-drill

compose-check: ## bring up docker-compose.yml and try everything in it
	$(BOOTSTRAP) compose-check
