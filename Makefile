.DEFAULT_GOAL := help
FUZZTIME ?= 30s
SOAK ?= 10m
CLIENTS ?= 100
ROUNDS ?= 7
MS ?= 400
PACKAGES := ./... ./testdata/golden/...

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

all: lint test ## Lint and test

test: ## The README's test command: everything but the long things, under 90 s
	go test $(PACKAGES)
	cd runtime/otel && go test ./...

quick: ## The stages of the gate that need no more than minutes
	./.ci/run quick

race: ## The same under the race detector
	go test -race $(PACKAGES)
	cd runtime/otel && go test -race ./...

lint: ## gofmt, golangci-lint, formatted schemas, and generated code that is up to date
	test -z "$$(gofmt -l .)"
	./.ci/lint
	go run ./cmd/wampgen generate --check ./...
	go run ./cmd/wampgen fmt -l ./... testdata/golden/...
	go run ./cmd/wampgen check ./examples/...

vuln: ## govulncheck, where its database can be reached
	./.ci/vuln

generate: ## Generate the code of every schema anew
	go run ./cmd/wampgen generate ./...

golden: ## Accept what the generator makes of the golden cases
	go test ./generator/golang -run TestGolden -update

fuzz: ## Every fuzz target for FUZZTIME each (default 30s; 10000000x before a release)
	./.ci/fuzz $(FUZZTIME)

32bit: ## The tests on a 32-bit platform, and what another one compiles
	GOARCH=arm go vet $(PACKAGES)
	GOARCH=386 go test $(PACKAGES)

random: ## Code of 500 random schemas: compiled, vetted, and sent through three foreign libraries
	cd generator/internal/randomschema/foreign && go run . -n 500

bench: ## Benchmarks of the runtime, the codec and the generator, with peers
	go test -run '^$$' -bench . -benchmem ./runtime ./runtime/codec ./runtime/internal/live/peers ./generator/golang

bench-batches: ## Bursts in the plain and the batched form of WebSocket, by themselves and on Crossbar.io
	go test -run '^$$' -bench BenchmarkBatch -benchtime 20000x ./runtime/transport
	WAMPGEN_CROSSBAR="$$(./.ci/crossbar)" go test -run '^$$' -bench Batching -benchtime 1500ms ./runtime/internal/crossbar | grep '^Bench'

bench-peers: ## This client beside nexus, autobahn-js and autobahn-python; writes docs/performance.md
	WAMPGEN_CROSSBAR="$$(./.ci/crossbar)" WAMPGEN_NODE="$$(./.ci/interop)" \
		go run ./runtime/internal/bench/peers -rounds $(ROUNDS) -ms $(MS) -o docs

measure: ## What generated code costs beside an older commit: lines, CPU, memory, binaries
	go run ./.ci/measure

examples: ## Run every example and compare its output
	go test -count=1 ./examples/...

interop: ## Our client with foreign routers and clients, which it installs; writes docs/interop.md
	WAMPGEN_CROSSBAR="$$(./.ci/crossbar)" WAMPGEN_NODE="$$(./.ci/interop)" \
		WAMPGEN_PEERS="$$(./.ci/peers)" WAMPGEN_BROWSER="$$(./.ci/browser)" \
		go test -count=1 -timeout 20m ./runtime/internal/interop -table "$$PWD/docs/interop.md"; \
		code=$$?; cat docs/interop.md; exit $$code

full: ## The long tests at their full size, some minutes
	WAMPGEN_FULL=1 go test -count=1 -run TestG9_Scale -v ./cmd/wampgen/internal/script
	WAMPGEN_FULL=1 go test -count=1 -p 1 -timeout 40m -v ./runtime/internal/live/... ./runtime/codec ./generator/golang ./examples/rollout

soak: ## Random faults at 1 000 messages a second under the race detector, for SOAK (10m; 2h before a release)
	WAMPGEN_SOAK=$(SOAK) WAMPGEN_SOAK_CLIENTS=$(CLIENTS) \
		go test -race -count=1 -timeout 0 -run TestL1_Soak -v ./runtime/internal/live/soak

restarts: ## Every router killed and restarted 20 times under load, 11 minutes
	WAMPGEN_RESTARTS=20 go test -count=1 -timeout 20m -run TestH4_Live -v ./runtime/internal/live/soak
	WAMPGEN_CROSSBAR="$$(./.ci/crossbar)" WAMPGEN_NODE="$$(./.ci/interop)" WAMPGEN_RESTARTS=20 \
		go test -count=1 -timeout 20m -run TestH4_Foreign -v ./runtime/internal/interop

chats: ## A minute of calls in both directions over nexus under the race detector
	WAMPGEN_CHATS=1m go test -race -count=1 -timeout 10m -run TestChats -v ./runtime/internal/live/soak

storm: ## 200 real clients against a router that is restarted
	WAMPGEN_STORM=200 go test -count=1 -run TestH9_RealClients -v ./runtime/internal/live/soak

ci: ## What CI runs
	./.ci/run

.PHONY: help all test quick race lint vuln generate golden fuzz 32bit random bench bench-batches bench-peers measure examples interop full soak restarts storm chats ci
