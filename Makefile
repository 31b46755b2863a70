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
UI_SOURCES := $(shell find ui -type f -not -path 'ui/node_modules/*' -not -path 'ui/dist/*' -not -path 'ui/src/api/schema.d.ts')
API_SOURCES := $(shell find internal/httpapi internal/kpi/engine internal/alert internal/auth internal/boards internal/reports internal/rules -name '*.go' -not -name '*_test.go')

.PHONY: help run build ui test test-go test-ui test-client test-browser test-readme bench soak screenshots torture lint fmt clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build everything and serve on http://127.0.0.1:8080 (ARGS="--config FILE" for more)
	@exec $(BIN) serve $(ARGS)

build: tools ui ## Build bin/hms-monitor with the dashboard inside
	go build -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/hms-monitor

ui: tools ui/dist/index.html ## Build the dashboard, if its sources changed

test: ## Run every test, and list at the end what failed
	@.ci/test

bench: build ## Print the benchmark table (ARGS="-quick", "-rows single,batch", ...)
	go run ./test/bench -binary $(BIN) $(ARGS)

soak: build test/browser/node_modules/.package-lock.json ## Measure the dashboard in Chromium for 15 minutes (ARGS="MINUTES PARTS")
	cd test/browser && CHROMIUM="$$(../../.ci/chromium)" npm run --silent soak -- $(ARGS)

screenshots: build test/browser/node_modules/.package-lock.json ## Take pictures of every page into test/browser/shots (ARGS="FOLDER PAGES SIZES")
	cd test/browser && CHROMIUM="$$(../../.ci/chromium)" npm run --silent screenshots -- $(ARGS)

torture: ## Kill the server under load, at length (ROUNDS=20)
	HMS_TORTURE_ROUNDS=$${ROUNDS:-20} go test -count=1 -timeout 2h -v ./test/torture

lint: node_modules ui/src/api/schema.d.ts ## Report what the linters find
	$(GOLANGCI) run ./...
	cd ui && npm run --silent lint && npm run --silent typecheck

fmt: node_modules ## Format Go and TypeScript sources
	gofmt -w cmd internal test ui/*.go
	cd ui && npm run --silent format

clean: ## Remove what was built (the data directory stays)
	rm -rf bin ui/node_modules clients/js/node_modules test/browser/node_modules
	find ui/dist -mindepth 1 -not -name .gitkeep -delete
	rm -f ui/src/api/schema.d.ts

# -------------------------------------------------------------------- parts

.PHONY: tools
tools:
	@for tool in go node npm $${CC:-gcc}; do command -v $$tool >/dev/null || \
	  { echo "make: $$tool is missing; Go 1.26, Node 20 with npm, and gcc are needed" >&2; exit 1; }; done

test-go:
	@.ci/test-go

test-ui: node_modules ui/src/api/schema.d.ts
	@cd ui; status=0; \
	npm run --silent typecheck || status=1; \
	npm run --silent lint || status=1; \
	npm test --silent -- --reporter=dot || status=1; \
	exit $$status

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

# The types of the API's client, from the description that the server gives of
# itself. Generated, so not committed; left alone while it says the same.
ui/src/api/schema.d.ts: $(API_SOURCES) ui/node_modules/.package-lock.json
	go run ./internal/httpapi/openapi > ui/node_modules/.openapi.json
	cd ui && npx --no-install openapi-typescript node_modules/.openapi.json --output src/api/schema.d.ts >/dev/null

# The types are looked at by test-ui and lint.
ui/dist/index.html: $(UI_SOURCES) ui/src/api/schema.d.ts ui/node_modules/.package-lock.json
	cd ui && npx --no-install vite build --logLevel warn
	@touch $@
