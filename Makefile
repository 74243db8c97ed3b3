# The chores of this repository. Each prepares what it needs and says what it does; see README.md.
SHELL := bash
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: help run test lint types contracts bench soak sim fuzz setup

help:
	@echo 'make run     set up, build, start the devnet and open the desktop app on it (ARGS="--cheat F2" to see a fraud)'
	@echo 'make test    set up, lint, build, run all tests'
	@echo 'make lint    formatting and lints only'
	@echo 'make types   write the TypeScript types of the surface between core and pages'
	@echo 'make contracts  compile the lock contract again (contracts/artifacts)'
	@echo 'make bench   benchmarks (release build); writes target/bench/report.json (PART=gas: one part)'
	@echo 'make sim     watchmen and EVEN simulated under seeds, faults and liars included (SEEDS=10000 FROM=1)'
	@echo 'make fuzz    looks for bytes that break a decoder, target after target (TARGET=even_message SECONDS=60 PROGRAMS=1)'
	@echo 'make soak    hundreds of rounds of the kill tests (ROUNDS=300 WATCHMEN_ROUNDS=30 SEED=1)'

run:
	@scripts/run.sh $(ARGS)

test:
	@scripts/test.sh

lint:
	@scripts/lint.sh

types:
	@EVERWATCH_WRITE_TYPES=1 cargo test -q -p app --test types

contracts:
	@scripts/setup.sh test
	@node contracts/compile.mjs

bench:
	@scripts/bench.sh $(PART)

soak:
	@scripts/soak.sh

sim:
	@scripts/sim.sh

fuzz:
	@scripts/fuzz.sh '$(TARGET)' '$(SECONDS)'

setup:
	@scripts/setup.sh test
