# `make` lists what there is to make. Go 1.26, Node 20 and a C compiler are all
# that `make run` needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN     := bin/hms-monitor
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# DuckDB is linked through cgo.
export CGO_ENABLED := 1

NPM_CI     := npm ci --no-audit --no-fund --loglevel=error
UI_SOURCES := $(shell find ui -type f -not -path 'ui/node_modules/*' -not -path 'ui/dist/*')

.PHONY: help run build ui test test-go test-ui test-client test-browser test-readme bench torture lint fmt clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build everything and serve on http://127.0.0.1:8080 (ARGS="--config FILE" for more)
	@exec $(BIN) serve $(ARGS)

build: tools ui ## Build bin/hms-monitor with the dashboard inside
	go build -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/hms-monitor

ui: tools ui/dist/index.html ## Build the dashboard, if its sources changed

test: test-go test-ui test-client test-browser test-readme ## Run every test
	@echo 'All tests passed.'

bench: build ## Print the benchmark table (ARGS="-quick", "-rows single,batch", ...)
	go run ./test/bench -binary $(BIN) $(ARGS)

torture: ## Kill the server under load, at length (ROUNDS=20)
	HMS_TORTURE_ROUNDS=$${ROUNDS:-20} go test -count=1 -timeout 2h -v ./test/torture

lint: node_modules ## Report what the linters find
	$(GOLANGCI) run ./...
	cd ui && npm run --silent lint && npm run --silent typecheck

fmt: node_modules ## Format Go and TypeScript sources
	gofmt -w cmd internal test ui/*.go
	cd ui && npm run --silent format

clean: ## Remove what was built (the data directory stays)
	rm -rf bin ui/node_modules clients/js/node_modules test/browser/node_modules
	find ui/dist -mindepth 1 -not -name .gitkeep -delete

# -------------------------------------------------------------------- parts

.PHONY: tools
tools:
	@for tool in go node npm $${CC:-gcc}; do command -v $$tool >/dev/null || \
	  { echo "make: $$tool is missing; Go 1.26, Node 20 with npm, and gcc are needed" >&2; exit 1; }; done

test-go:
	go vet ./...
	go test -race -timeout 15m ./...

test-ui: node_modules
	cd ui && npm run --silent typecheck && npm run --silent lint && npm test --silent

test-client:
	cd clients/js && if [ -f package-lock.json ]; then $(NPM_CI); fi && npm test --silent

test-browser: build test/browser/node_modules/.package-lock.json
	cd test/browser && CHROMIUM="$$(../../.ci/chromium)" npm test --silent

test-readme: build
	.ci/readme

.PHONY: node_modules
node_modules: ui/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && $(NPM_CI)
	@touch $@

ui/dist/index.html: $(UI_SOURCES) ui/node_modules/.package-lock.json
	cd ui && npm run --silent build
	@touch $@
