# One set of build flags for everything: a second set would compile the window toolkit, some minutes of work, once more.
FLAGS := -tags=sqlite_fts5 -buildvcs=false
TOOL  := go tool -modfile=.ci/tools.mod
LINT  := go tool -modfile=.ci/lint.mod

# A bare machine has no language. The toolkit wants one to be named, and what types into windows for us wants UTF-8, which
# Debian always has under the name C.UTF-8.
ifeq ($(filter-out C.%,$(filter %.UTF-8 %.utf8,$(LANG))),)
export LANG := en_US.UTF-8
export LC_CTYPE := C.UTF-8
endif

# Timers of a synctest bubble that two threads fire at once crash the race detector itself (golang/go issue 78156), one time of six
# in a test with so many of them. On one thread it finds the same races.
ALONE := ^TestWhatClientsSeeOverCutPipesIsOneHistory$$

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo demo-reset test race lint generate checkgenerate bench screenshots visit prove sim mutants fuzz deps build fmt prove-desktop windows install-desktop uninstall-desktop

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## install what is missing, build, start a server with sample people, open the window
	@.ci/deps build $(if $(DISPLAY)$(WAYLAND_DISPLAY),,window)
	@echo "Building the server and the window; the first time this takes some minutes."
	@$(MAKE) --no-print-directory build
	@build/proof demo

demo-reset: ## throw the demo's data away; the next demo starts over
	@if [ -e build/demo/lock ] && ! flock --nonblock build/demo/lock true; then \
		echo "A demo is running: close its window first. Nothing was removed." >&2; exit 1; fi
	rm -rf build/demo

test: deps ## install what is missing and run every test, some twice: without cgo, and with the race detector
	$(call section,tests)
	go test $(FLAGS) -vet=off -timeout=30m ./...
	$(call section,pages without cgo and without a display)
	@.ci/test-without-cgo $(FLAGS)
	@$(MAKE) --no-print-directory race checkgenerate

race: deps ## run the tests with the race detector: several times slower
	$(call section,tests with the race detector)
	go test $(FLAGS) -vet=off -race -timeout=60m -skip='$(ALONE)' ./sync/... ./server/... ./app/...
	GOMAXPROCS=1 go test $(FLAGS) -vet=off -race -timeout=20m -run='$(ALONE)' ./sync/proof

lint: deps ## check the code, the proto files and that stored events of former versions can still be read
	$(call section,golangci-lint)
	$(LINT) golangci-lint run
	$(call section,buf)
	$(TOOL) buf lint
	@.ci/breaking

fmt: ## format the Go code as lint wants it
	$(LINT) golangci-lint fmt

generate: ## write proto/gen anew from the proto files
	$(TOOL) buf generate

checkgenerate: ## fail if proto/gen is not what generate writes
	$(call section,generated code)
	@.ci/checkgenerate

bench: deps build ## measure the design's promises beside the raw limits of this machine
	@build/proof bench

screenshots: deps build ## draw every page into docs/screenshots, and photograph real windows
	rm -rf build/pictures && mkdir -p build/pictures
	TSUGI_PICTURES=$(CURDIR)/build/pictures go test $(FLAGS) -vet=off -count=1 -run='^TestPictures$$' ./app
	@build/proof screenshots

visit: deps build ## do somebody's first visit in a real window, and count the keys
	@build/proof visit

prove: deps build ## run the long proofs; they can be interrupted and go on from there; PROVE=--anew forgets what is of other code
	@.ci/deps database
	@build/proof prove $(PROVE)

sim: ## simulate clients and a server on a network and disks that fail; SEED=17 replays one run, SEEDS=200 STEPS=2000 run many
	@.ci/deps build
	go build $(FLAGS) -o build/proof ./sync/proof/cmd/proof
	@build/proof sim $(if $(SEED),--seed=$(SEED)) $(if $(STEPS),--steps=$(STEPS)) $(if $(SEEDS),--seeds=$(SEEDS))

mutants: ## plant deliberate mistakes in the code, each alone, and show which test catches it
	@.ci/deps build
	go build $(FLAGS) -o build/proof ./sync/proof/cmd/proof
	@build/proof mutants

FUZZ = 30s

fuzz: ## look for what the decoders do not stand, FUZZ=30s for each of them; ONLY=wire takes those whose package or name has it
	@.ci/deps build
	@.ci/fuzz $(FUZZ) '$(ONLY)' $(FLAGS)

prove-desktop: build ## use the client on a desktop of its own: notifications, links, tray; pictures go to build/pictures
	@.ci/deps window desktop
	mkdir -p build/pictures
	TSUGI_BIN=$(CURDIR)/build TSUGI_PICTURES=$(CURDIR)/build/pictures \
		go test $(FLAGS) -vet=off -count=1 -v -run='^TestOnARealDesktop' ./sync/proof

deps: ## install the Debian packages that are missing, or name them
	@.ci/deps build window

build: ## build the server, the window and the proofs into build/
	@.ci/deps build
	go build $(FLAGS) -o build/tsugid ./server/cmd/tsugid
	go build $(FLAGS) -o build/tsugi .
	go build $(FLAGS) -o build/proof ./sync/proof/cmd/proof

windows: ## check that the client is a Windows program too; the first time this compiles the toolkit for some minutes
	@.ci/deps build windows
	$(call section,types)
	$(WINDOWS) go vet -tags=sqlite_fts5 . ./app/... ./assets/... $(PURE)
	$(call section,program)
	$(WINDOWS) go build $(FLAGS) -o build/windows/tsugi.exe .
	@ls -l build/windows/tsugi.exe

install-desktop: build ## put the client into this person's menus and let it open tsugi:// links
	@.ci/desktop-entry install build/tsugi

uninstall-desktop: ## take it out again; the data folder stays
	@.ci/desktop-entry remove

WINDOWS = GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc nice
PURE    = $(shell go list ./sync/... | grep -v /sync/proof)

# section prints a headline, so that a long log can be read from afar.
section = @printf '\n== %s\n' '$(1)'
