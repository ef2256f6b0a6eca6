# The project's verbs. ./run and ./test fetch what is missing and come here.
.PHONY: build run test demo dev kills bench bench-code bench-load bench-upload bench-call bench-sfu sim fuzz check format contract setup clean
export PATH := $(CURDIR)/.tools/node_modules/node/bin:$(PATH)
release = build/release
checked = build/checked
racing = build/racing
fuzzing = build/fuzz
FUZZ_SECONDS ?= 30

# Packages and Node, where they are missing.
setup:
	@sh tools/setup.sh

build: setup $(release)/build.ninja
	@ninja -C $(release) --quiet greenroom

run: build
	@exec $(release)/greenroom serve $(ARGS)

test: build $(checked)/build.ninja $(racing)/build.ninja
	@ninja -C $(checked) --quiet
	@ninja -C $(racing) --quiet races
	@tools/services with build/services ctest --test-dir $(checked) --output-on-failure --no-tests=error -j3

demo: build web/node_modules/.package-lock.json
	@node web/e2e/demo.ts $(release)/greenroom

# Browsers, the server and the network killed at 200 random instants of real takes; an hour. ARGS="--kills 20 --seed 7" is less.
kills: build web/node_modules/.package-lock.json
	@node --no-warnings web/e2e/kills.ts $(release)/greenroom $(ARGS)

# The server with the web application on Vite's hot-reloading server in front of it.
dev: build web/node_modules/.package-lock.json
	@tools/dev $(release)/greenroom $(ARGS)

bench: bench-code bench-load bench-upload bench-sfu

bench-code: $(release)/build.ninja
	@ninja -C $(release) --quiet greenroom_bench
	@$(release)/greenroom_bench $(ARGS)

# REST and Socket.IO under load, beside a Node server under the same.
bench-load: build bench/realtime/node_modules/.package-lock.json
	@node --no-warnings bench/realtime/bench.mjs $(release)/greenroom

# What an uploaded megabyte costs, beside npm's @tus/server.
bench-upload: build bench/uploads/node_modules/.package-lock.json
	@node --no-warnings bench/uploads/bench.mjs $(release)/greenroom $(ARGS)

# How long people wait, in real browsers: to join, and from glass to glass.
bench-call: build
	@GREENROOM_BINARY=$(CURDIR)/$(release)/greenroom node --no-warnings web/e2e/latency.ts

# The SFU from outside: forwarded packets and what they cost. Half an hour; ARGS="--runs 1 --shape fanout" is a minute.
bench-sfu: build
	@$(release)/greenroom bench sfu --runs 5 --shape fanout,rooms-10x10,rooms-30x10 $(ARGS)

bench/%/node_modules/.package-lock.json: bench/%/package.json
	@npm --prefix bench/$* install --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@

# The SFU in virtual time alone: SIM_SEED=n repeats a run.
sim: $(checked)/build.ninja
	@ninja -C $(checked) --quiet sim_tests
	@$(checked)/sim_tests $(ARGS)

fuzz: $(fuzzing)/build.ninja
	@ninja -C $(fuzzing) --quiet fuzzers
	@tools/fuzz $(fuzzing) $(FUZZ_SECONDS)

# What needs no test run: format, lint, layers, names.
check: setup web/node_modules/.package-lock.json
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror
	@python3 tools/check_layers.py .
	@python3 tools/check_names.py .
	@npm --prefix web run --silent check

format: setup web/node_modules/.package-lock.json
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 -i
	@npm --prefix web run --silent format

# The TypeScript contract from the server's own documents.
contract: setup web/node_modules/.package-lock.json
	@npm --prefix web run --silent contract

$(release)/build.ninja:
	@cmake -S . -B $(release) -G Ninja -DCMAKE_BUILD_TYPE=Release -Wno-dev >/dev/null
$(checked)/build.ninja:
	@cmake -S . -B $(checked) -G Ninja -DCMAKE_BUILD_TYPE=Debug -DGREENROOM_SANITIZE=address -DGREENROOM_WEB=OFF -DGREENROOM_RELEASE_BINARY=$(CURDIR)/$(release)/greenroom -DGREENROOM_RACING_BUILD=$(CURDIR)/$(racing) -Wno-dev >/dev/null
$(racing)/build.ninja:
	@cmake -S . -B $(racing) -G Ninja -DCMAKE_BUILD_TYPE=Debug -DGREENROOM_SANITIZE=thread -DGREENROOM_WEB=OFF -Wno-dev >/dev/null
$(fuzzing)/build.ninja:
	@cmake -S . -B $(fuzzing) -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-14 -DGREENROOM_FUZZ=ON -Wno-dev >/dev/null

web/node_modules/.package-lock.json: web/package-lock.json
	@tools/web_packages

clean:
	@rm -rf build
