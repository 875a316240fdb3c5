# What a newcomer needs is `make demo` and `make test`; both do their own set-up. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help setup build demo test contract bench simulate simulate-bugs mutants nightly newcomer format lint clean

SEEDS ?= 1000
JOBS ?= $(shell nproc)
# Where the real registries are; tests that need them are skipped, by name, where they are not.
BEATD_SHARED ?= ../shared
export BEATD_SHARED := $(abspath $(BEATD_SHARED))

RELEASE := -c release --static-swift-stdlib

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## install missing system packages, for building and for testing (apt, with sudo where not root)
	@scripts/setup.sh test

build: ## a release with the Swift runtime inside: beatd, beatd-dev-registry, beatd-simulate
	@scripts/setup.sh build
	swift build $(RELEASE)
	@echo "built: $$(swift build $(RELEASE) --show-bin-path)/beatd"

demo: build ## a registry, an old service and beatd: it comes up, dies and comes back; KEEP=1 stays
	@DEMO_BIN="$$(swift build $(RELEASE) --show-bin-path)" scripts/demo.sh

test: ## every test but those against real registries, with 200 simulated seeds; at most ten minutes
	@scripts/test.sh

contract: ## the contract suite against our registry and the real ones of BEATD_SHARED
	@scripts/test.sh contract

simulate: ## SEEDS=1000 seeds of the simulation, on all cores
	@scripts/setup.sh build
	swift build $(RELEASE) --product beatd-simulate
	"$$(swift build $(RELEASE) --show-bin-path)/beatd-simulate" --seeds $(SEEDS) --jobs $(JOBS)

# The build with the deliberate bugs of design.md 7 has a folder of its own: no product comes from there.
BUGGY := -c release --scratch-path .build-bugs -Xswiftc -DDELIBERATE_BUGS

simulate-bugs: ## plants each deliberate bug and shows which predicate catches it
	@scripts/setup.sh build
	swift build $(BUGGY) --product beatd-simulate
	"$$(swift build $(BUGGY) --show-bin-path)/beatd-simulate" --bugs --jobs $(JOBS)

mutants: ## plants the bugs of Tests/Mutants, made without a look at the simulation, and shows what catches them
	@scripts/setup.sh build
	@scripts/mutants.sh

nightly: ## what takes too long for every push: 10,000 seeds, and the real registries
	@$(MAKE) simulate SEEDS=10000
	@$(MAKE) contract

bench: ## beatd beside C references in one run, with guards and goals; knobs in Benchmarks/bench.pl
	@Benchmarks/bench.pl

newcomer: ## make demo and make test in a minimal Debian, as root and as a user with sudo (needs root, mmdebstrap)
	@scripts/newcomer.sh

format: ## let the formatter mend what it can
	swift format format --in-place --recursive Sources Tests Package.swift

lint: ## formatter, scripts, and a build with warnings as errors and checked imports
	@scripts/setup.sh build
	@scripts/lint.sh

clean: ## remove what was built
	swift package clean
