# make demo    from nothing to two verified bundles of SmolLM2, and a table
# make test    build and run every test
# make supported-models  runs the tests that docs/supported-models.md speaks of, and writes there what passed
# make bench   speed, as ratios against named peers in the same run (make bench BENCH=--quick tries it)
# make bench-peer   builds the peer of make bench, llama.cpp, in the cache (minutes)
# make prove-calibration   whether the promise is kept, over 200 random splits of recorded prompts (minutes);
#              PROVE_MODEL=artifact PROVE_PROMPTS=FILE:FIELD takes exits and prompts of yours
# make bench-paper  the work of the CE-CoLLM paper on your model with exits (see docs/benchmarks.md)
# make bench-large  a checkpoint of 13.5 GB through every stage: seconds, and memory (45 GB of disk in
#              LARGE_WORK, minutes)
# make bench-network  its modes between two processes, over a relay with delay and rate (likewise)
# make bench-codecs what encodings of states cost in bits and in answers that change (likewise)
# make bench-tiers  a device, a middle and a cloud against an edge and a cloud (likewise)
# make bench-load  many clients of one server, and where its core's time goes (likewise)
# make bench-plan  what cleave plan predicts beside what two processes take (likewise)
# make build   the release build of .build/release/cleave
# make network  the same with the network: cleave serve, cleave run --cloud HOST:PORT (minutes more)
# make lint    formatting, as CI checks it (make format mends it)
# make check-layout  imports, circles between folders, the module diagram, wording
# make fuzz    a campaign of libFuzzer: TARGET=gguf SECONDS=60; without a target all of them, one after
#              another (see docs/testing.md)
# make fuzz-corpus  puts what campaigns found into Tests/Corpus, as few inputs as reach all that is reached
# make fuzz-compare  whether our readers take what the reference readers take, and give the same ids and texts; JUDGE_PYTHON has
#              safetensors, gguf, tokenizers, jinja2 and sentencepiece
# make sanitize  tests of the kernels under AddressSanitizer and UndefinedBehaviorSanitizer, the decode loop of every
#              family under valgrind, those of runtime and network under ThreadSanitizer
# make fuzz-large  inputs of a megabyte that are made to take long or to fill the memory, through every target
# make torture   kills every stage 200 times (KILLS=...) at random moments, and checks what is left
# make exhaust   takes away what every stage needs: disk, descriptors, memory, permissions (needs root or user namespaces;
#              EXHAUST='--refusal descriptors' tries some)
# make crowd     a thousand sessions of a cloud that may use little memory, for ten minutes (CROWD_PYTHON has grpcio-tools)
# make flood     floods servers for ten minutes, and kills one again and again under clients
# make release   a tarball, a Debian package, a bill of materials and checksums in .build/release-files; KEY=key.pem signs
#              them (see docs/releasing.md)
# make reproducible  builds what is released again, in another folder, and compares
# make check-scripts shellcheck of the shell scripts, tests of the Python ones
# make lean    everything without the network, warnings as errors, in .build/lean
# make examples  runs examples/*.sh on tiny models; CLEAVE names the executable

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/cleave
# A copy of that file that you have is taken instead of fetching: make demo SMOLLM2=/path/to/it.gguf
SMOLLM2 ?= $(CACHE)/SmolLM2-135M-Instruct.Q4_1.gguf
export CLEAVE_SMOLLM2 = $(SMOLLM2)

# A Python that has llama_cpp, for make bench; that of make bench-peer when it is there.
PEER_PYTHON ?= $(wildcard $(CACHE)/peer/bin/python)
# One that has torch, transformers, safetensors and numpy, for its rows of training.
TORCH_PYTHON ?=

SWIFT_FLAGS := -c release
# The tests and `make network` build with gRPC; `make build` does not even fetch it.
TRAITS := --traits Network

# Tests at a time. Without a limit all begin at once on as many threads as there are cores, and one that
# waits for a message goes on only when hundreds have run: a connection to a server in the same process
# then takes longer than its deadline.
TEST_WIDTH ?= 4

# Where `make test` leaves the events of its run; none if empty.
EVENTS ?=
EVENT_FLAGS = $(if $(EVENTS),--event-stream-output-path $(EVENTS) --event-stream-version 0)

.PHONY: build network test supported-models demo prove-calibration bench bench-peer bench-paper bench-network bench-codecs bench-tiers bench-load bench-plan network-model bench-large fuzz fuzz-corpus fuzz-compare fuzz-large torture exhaust crowd flood release reproducible sanitize lint format check-layout check-scripts lean examples deps model clean

build: deps
	swift build $(SWIFT_FLAGS) --product cleave

network: deps
	swift build $(SWIFT_FLAGS) $(TRAITS) --product cleave

demo: build model
	tools/demo.sh .build/release/cleave "$(SMOLLM2)"

prove-calibration: build model
	PROVE_MODEL="$(PROVE_MODEL)" PROVE_PROMPTS="$(PROVE_PROMPTS)" \
	  tools/prove-calibration.sh .build/release/cleave "$(SMOLLM2)"

# The tests build in release mode: the kernels are what ships, and the real model runs in seconds.
# Warnings are errors here and not for people who only build: a newer compiler has newer warnings.
test: export CLEAVE_STRICT = 1
test: deps
	swift build $(SWIFT_FLAGS) $(TRAITS) --build-tests
	swift build $(SWIFT_FLAGS) $(TRAITS) --product cleave
	@tools/fetch-smollm2.sh "$(SMOLLM2)" || { \
	  echo "make test: WARNING: no SmolLM2, its tests will be SKIPPED" >&2; \
	  export CLEAVE_SMOLLM2=; }; \
	command -v chromium chromium-browser google-chrome >/dev/null \
	  || tools/install-dependencies.sh chromium \
	  || echo "make test: WARNING: no chromium, the tests of the report in a browser will be SKIPPED" >&2; \
	tools/install-dependencies.sh docker-registry skopeo \
	  || echo "make test: WARNING: no docker-registry, the tests of push and pull with it will be SKIPPED" >&2; \
	if [ -z "$$CLEAVE_JUDGES_PYTHON" ]; then \
	  if tools/golden/install-judges.sh "$(CACHE)/judges"; then \
	    export CLEAVE_JUDGES_PYTHON="$(CACHE)/judges/bin/python"; \
	  else \
	    echo "make test: WARNING: no packages of tools/golden/judges.txt, the tests that they judge will be SKIPPED" >&2; \
	  fi; \
	fi; \
	swift test $(SWIFT_FLAGS) $(TRAITS) --skip-build --experimental-maximum-parallelization-width $(TEST_WIDTH) \
	  $(EVENT_FLAGS)

supported-models: EVENTS = .build/supported-models.jsonl
supported-models: deps
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --experimental-maximum-parallelization-width $(TEST_WIDTH) \
	  $(EVENT_FLAGS) --filter '$(shell tools/supported-models --filter)'
	tools/supported-models $(EVENTS)

bench: build model
	swift build $(SWIFT_FLAGS) --product cleave-bench
	@python3 tools/bench/bench.py --cleave .build/release/cleave \
	  --cleave-bench .build/release/cleave-bench --model "$(SMOLLM2)" --inputs "$(CACHE)/bench" \
	  --text specs/artifact.md --peer-python "$(PEER_PYTHON)" \
	  --torch-python "$(TORCH_PYTHON)" --documents $(wildcard specs/*.md) $(BENCH)
	@echo && .build/release/cleave-bench products --threads 2
	@for threads in 1 2; do echo; .build/release/cleave-bench weights --threads $$threads; done

bench-peer:
	@tools/bench/install-peer.sh "$(CACHE)/peer"

# The model with exits, and where its prompts are: a directory with both files, or each by itself.
PAPER_MODEL ?=
PAPER_DATA ?=
PAPER_XSUM ?= $(if $(PAPER_DATA),$(PAPER_DATA)/XSum/test.jsonl)
PAPER_TRUTHFULQA ?= $(if $(PAPER_DATA),$(PAPER_DATA)/TruthfulQA/combined.jsonl)

bench-paper: build
	@test -n "$(PAPER_MODEL)" && test -n "$(PAPER_XSUM)$(PAPER_TRUTHFULQA)" || { \
	  echo "make bench-paper: expected PAPER_MODEL=ARTIFACT-WITH-EXITS and PAPER_DATA=DIRECTORY," \
	    "or PAPER_XSUM=FILE and PAPER_TRUTHFULQA=FILE" >&2; exit 2; }
	swift build $(SWIFT_FLAGS) --product cleave-bench
	@python3 tools/bench/paper.py --cleave .build/release/cleave \
	  --cleave-bench .build/release/cleave-bench --model "$(PAPER_MODEL)" \
	  --xsum "$(PAPER_XSUM)" --truthfulqa "$(PAPER_TRUTHFULQA)" $(PAPER)

# A model with exits, and FILE:FIELD of prompts in jsonl.
NETWORK_MODEL ?= $(PAPER_MODEL)
NETWORK_PROMPTS ?= $(PAPER_TRUTHFULQA):question

# Where the large checkpoint stands while it is measured.
LARGE_WORK ?= $(CACHE)

bench-large: build
	@python3 tools/bench/large.py --cleave .build/release/cleave \
	  --tokenizer Tests/Golden/tiny-llama3-f32 --work "$(LARGE_WORK)"

network-model:
	@test -n "$(NETWORK_MODEL)" || { \
	  echo "expected NETWORK_MODEL=ARTIFACT-WITH-EXITS and NETWORK_PROMPTS=FILE:FIELD" >&2; exit 2; }

bench-network: network-model network
	@python3 tools/bench/network.py --cleave .build/release/cleave --model "$(NETWORK_MODEL)" \
	  --prompts "$(NETWORK_PROMPTS)" $(NETWORK)

bench-tiers: network-model network
	@python3 tools/bench/tiers.py --cleave .build/release/cleave --model "$(NETWORK_MODEL)" \
	  --prompts "$(NETWORK_PROMPTS)" $(TIERS)

bench-load: network-model network
	swift build $(SWIFT_FLAGS) $(TRAITS) --product cleave-bench
	@python3 tools/bench/load.py --cleave .build/release/cleave \
	  --cleave-bench .build/release/cleave-bench --model "$(NETWORK_MODEL)" \
	  --prompts "$(NETWORK_PROMPTS)" $(LOAD)

bench-codecs: network-model build
	swift build $(SWIFT_FLAGS) --product cleave-bench
	@.build/release/cleave-bench codecs "$(NETWORK_MODEL)" --prompts "$(NETWORK_PROMPTS)" $(CODECS)

bench-plan: network-model network
	@python3 tools/bench/plan.py --cleave .build/release/cleave --model "$(NETWORK_MODEL)" \
	  --prompts "$(NETWORK_PROMPTS)" $(PLAN)

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

check-layout:
	@tools/check-layout

SCRIPTS = $(shell git ls-files '*.sh' .ci/run)

check-scripts:
	@command -v shellcheck >/dev/null || tools/install-dependencies.sh shellcheck
	shellcheck $(SCRIPTS)
	python3 -m unittest discover -s tools/layout
	python3 -m unittest discover -s tools/bench
	python3 -m unittest discover -s tools/supported
	python3 -m unittest discover -s tools/failures
	python3 -m unittest discover -s tools/release
	tools/check-neon.sh --native

# Every target if empty.
TARGET ?=
SECONDS ?= 60
FUZZER := .build/fuzz/release/cleave-fuzz
FUZZED = $(or $(TARGET),$$($(FUZZER)))

fuzz: deps
	tools/fuzz/build.sh $(TRAITS)
	@for target in $(FUZZED); do \
	  echo "== $$target"; tools/fuzz/run.sh $(FUZZER) "$$target" $(SECONDS) || exit 1; \
	done

fuzz-corpus: deps
	tools/fuzz/build.sh $(TRAITS)
	@for target in $(FUZZED); do \
	  echo "== $$target"; tools/fuzz/merge.sh $(FUZZER) "$$target" || exit 1; \
	done

JUDGE_PYTHON ?= python3

fuzz-compare: deps
	tools/fuzz/build.sh $(TRAITS)
	$(JUDGE_PYTHON) tools/fuzz/compare.py $(FUZZER) $(TARGET)

fuzz-large: deps
	tools/fuzz/build.sh --plain $(TRAITS)
	python3 tools/fuzz/large.py .build/fuzz-plain/release/cleave-fuzz $(TARGET)

KILLS ?= 200

torture: network
	python3 tools/torture/kill.py .build/release/cleave --kills $(KILLS)

EXHAUST ?=

exhaust: network
	python3 tools/torture/exhaust.py .build/release/cleave $(EXHAUST)

CROWD_PYTHON ?= python3
CROWD ?=

crowd: network
	ulimit -n 8192 && $(CROWD_PYTHON) tools/torture/crowd.py .build/release/cleave $(CROWD)

# Seconds of each attack, and of the restarts.
FLOOD ?= --seconds 10 --restart-seconds 300

flood: network
	python3 tools/torture/flood.py .build/release/cleave $(FLOOD)

# The private key that signs checksums; none if empty.
KEY ?=

release: deps
	tools/release/release.sh .build/release-files $(KEY)

reproducible: deps
	tools/release/reproduce.sh

sanitize: deps
	tools/sanitize/sanitize.sh

lean: export CLEAVE_STRICT = 1
lean: deps
	swift build $(SWIFT_FLAGS) --scratch-path .build/lean

CLEAVE ?= .build/release/cleave

examples:
	@for example in examples/*.sh; do \
	  echo "== $$example"; CLEAVE="$(abspath $(CLEAVE))" "$$example" || { echo "$$example failed" >&2; exit 1; }; \
	done

deps:
	@tools/install-dependencies.sh

model:
	@tools/fetch-smollm2.sh "$(SMOLLM2)"

clean:
	rm -rf .build
