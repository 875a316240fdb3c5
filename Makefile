# What a newcomer needs is `make demo` and `make test`; both do their own set-up. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help lint

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

lint: ## formatter, scripts, and a build with warnings as errors and checked imports
	@bash scripts/lint.sh
