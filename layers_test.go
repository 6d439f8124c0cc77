package main_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/tsugi-app/tsugi"

// layers gives every package its place: it imports only packages with a lower number. The root is ".". Code that buf
// writes, under proto/gen, is layer 0 and is not looked into.
var layers = map[string]int{
	".": 11,

	"assets":       0,
	"assets/words": 0,
	"proto/gen":    0,

	"sync/id":              0,
	"sync/fault":           0,
	"sync/clock":           0,
	"sync/reach":           0,
	"sync/heap":            0,
	"sync/presence":        1,
	"sync/workspace":       1,
	"sync/incident":        2,
	"sync/attachment":      3,
	"sync/oncall":          2,
	"sync/text":            2,
	"sync/sqlite":          2,
	"sync/escalation":      1,
	"sync/postmortem":      3,
	"sync/automation":      3,
	"sync/search":          3,
	"sync/report":          4,
	"sync/stream":          3,
	"sync/wire":            4,
	"sync/protocol":        5,
	"sync/timeline":        5,
	"sync/replica":         6,
	"sync/link":            7,
	"sync/proof":           10,
	"sync/proof/mutant":    10,
	"sync/proof/disk":      3,
	"sync/proof/history":   4,
	"sync/proof/handoff":   3,
	"sync/proof/crash":     8,
	"sync/proof/sim":       9,
	"sync/proof/sample":    11,
	"sync/proof/cmd/proof": 12,

	"server":                        9,
	"server/postgres":               1,
	"server/database":               3,
	"server/database/databasetest":  4,
	"server/task":                   5,
	"server/people":                 5,
	"server/delivery":               5,
	"server/attendance":             5,
	"server/attachment":             6,
	"server/ledger":                 6,
	"server/notify/notifytest":      1,
	"server/notify":                 7,
	"server/notify/fcm":             8,
	"server/notify/twilio":          8,
	"server/notify/mail":            8,
	"server/engine":                 8,
	"server/backup":                 8,
	"server/audit":                  7,
	"server/rpc":                    8,
	"server/web":                    8,
	"server/integration/statuspage": 8,
	"server/cmd/tsugid":             10,

	"app":           10,
	"app/present":   5,
	"app/theme":     5,
	"app/widget":    6,
	"app/session":   8,
	"app/settings":  5,
	"app/palette":   9,
	"app/desktop":   9,
	"app/board":     9,
	"app/warroom":   9,
	"app/declare":   9,
	"app/unsent":    9,
	"app/people":    9,
	"app/terms":     9,
	"app/reach":     9,
	"app/oncall":    9,
	"app/enrol":     9,
	"app/cmd/tsugi": 10,

	"app/present/prose": 4, // what people write

	"mobile":         10,
	"mobile/push":    5,
	"mobile/bridge":  9,
	"mobile/declare": 9,
	"mobile/page":    9,
}

// wall keeps packages from importing what is low enough, but none of their business. A folder stands for all that is in it,
// "." for the files of the root alone. Imports of this module begin with "./".
type wall struct {
	says      string
	holds     []string // who must not cross it; none means everybody
	but       []string // who may cross it nevertheless
	testsPass bool     // whether tests may cross it
	never     []string // what lies on the other side
}

var walls = []wall{
	{
		says:  "the server knows nothing of the client",
		holds: []string{"server"},
		never: []string{"./app", "./mobile", "./sync/replica", "./sync/link"},
	},
	{
		says:  "the client, and what both ends share, know nothing of the server",
		holds: []string{".", "app", "mobile", "sync"},
		but:   []string{"sync/proof"},
		never: []string{"./server"},
	},
	{
		says: "rules are pure: they touch no file, no network and no chance",
		holds: []string{
			"sync/workspace", "sync/incident", "sync/oncall", "sync/text", "sync/escalation", "sync/postmortem",
			"sync/automation", "sync/report", "sync/reach", "sync/search", "sync/stream", "sync/presence", "sync/protocol",
		},
		testsPass: true,
		never:     []string{"os", "net", "syscall", "math/rand", "crypto/rand"},
	},
	{
		says: "SQL belongs to the packages that store",
		but: []string{
			"sync/sqlite", "sync/timeline", "sync/replica", "server/task", "server/people", "server/attachment", "server/delivery",
			"server/ledger", "server/database", "server/postgres", "sync/proof", // measures the store beside raw SQLite
		},
		never: []string{
			"database/sql", "github.com/mattn/go-sqlite3", "github.com/jackc/pgx", "github.com/pressly/goose",
		},
	},
	{
		says:  "wire types stay at the edge",
		but:   []string{"sync/wire", "sync/link", "sync/proof", "server/rpc", "mobile/bridge"},
		never: []string{"./proto/gen", "google.golang.org/protobuf", "connectrpc.com"},
	},
	{
		says:  "only the shells, the pages and the widgets draw",
		but:   []string{".", "app", "mobile"},
		never: []string{"fyne.io"},
	},
	{
		says:  "what the pages are given, and the command line, do without the toolkit",
		holds: []string{"app/session", "app/present", "app/cmd", "mobile/push"},
		never: []string{"fyne.io"},
	},
	{
		says:  "main.go alone needs cgo and OpenGL, so that pages are tested without",
		but:   []string{"main.go"},
		never: []string{"fyne.io/fyne/v2/app"},
	},
	{
		says:  "the proof looks at everything, so nothing leans on it",
		but:   []string{"sync/proof"},
		never: []string{"./sync/proof"},
	},
}

// stops says whether the wall stands between a file and what it imports.
func (w wall) stops(file, imported string) bool {
	reaches := func(folder string) bool { return within(imported, folder) }
	lives := func(folder string) bool { return within(file, folder) || folder == "." && path.Dir(file) == "." }
	switch {
	case !slices.ContainsFunc(w.never, reaches):
		return false
	case len(w.holds) > 0 && !slices.ContainsFunc(w.holds, lives):
		return false
	case w.testsPass && strings.HasSuffix(file, "_test.go"):
		return false
	}
	return !slices.ContainsFunc(w.but, lives)
}

// within says whether a slash-separated path is a folder or lies in it.
func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

func TestLayers(t *testing.T) {
	t.Parallel()
	for _, finding := range inspect(t, os.DirFS(".")) {
		t.Error(finding)
	}
}

func TestLayersFindWhatIsWrong(t *testing.T) {
	t.Parallel()
	const ours = module + "/"
	for _, planted := range []struct{ file, imports, want string }{
		{"sync/incident/decide.go", "fmt", ""},
		{"sync/incident/decide.go", "sync/atomic", ""}, // Go's own package sync is not ours
		{"sync/incident/decide.go", ours + "sync/workspace", ""},
		{"sync/incident/decide_test.go", ours + "sync/incident", ""},
		{"sync/incident/decide_test.go", "os", ""},
		{"sync/incident/testdata/planted.go", ours + "server", ""},
		{"proto/gen/tsugi/v1/tsugiv1connect/sync.connect.go", ours + "proto/gen/tsugi/v1", ""},
		{"sync/wire/event.go", ours + "proto/gen/tsugi/v1", ""},
		{"sync/proof/bench.go", ours + "server/ledger", ""},
		{"app/board/board.go", "fyne.io/fyne/v2/widget", ""},
		{"main.go", "fyne.io/fyne/v2/app", ""},

		{"sync/sync.go", "fmt", "sync has no layer"},
		{"sync/incident/decide.go", ours + "sync/util", "sync/util, which has no layer"},
		{"sync/incident/decide.go", ours + "sync/timeline", "layer 2, imports sync/timeline, layer 5"},
		{"sync/incident/decide.go", ours + "sync/oncall", "layer 2, imports sync/oncall, layer 2"},
		{"sync/incident/decide_test.go", ours + "sync/timeline", "layer 2, imports sync/timeline, layer 5"},
		{"sync/clock/clock_windows.go", ours + "sync/workspace", "layer 0, imports sync/workspace, layer 1"},

		{"server/rpc/push.go", ours + "sync/replica", walls[0].says},
		{"server/server.go", ours + "app/present", walls[0].says},
		{"app/session/session.go", ours + "server/people", walls[1].says},
		{"sync/link/link_test.go", ours + "server/ledger", walls[1].says},
		{"main.go", ours + "server", walls[1].says},
		{"sync/text/text.go", "os/exec", walls[2].says},
		{"sync/oncall/oncall.go", "math/rand/v2", walls[2].says},
		{"server/rpc/push.go", "database/sql", walls[3].says},
		{"app/session/session.go", "github.com/mattn/go-sqlite3", walls[3].says},
		{"server/server.go", ours + "proto/gen/tsugi/v1", walls[4].says},
		{"sync/replica/replica.go", "google.golang.org/protobuf/proto", walls[4].says},
		{"server/web/web.go", "connectrpc.com/connect", walls[4].says},
		{"sync/link/link.go", "fyne.io/fyne/v2", walls[5].says},
		{"assets/words/words.go", "fyne.io/fyne/v2", walls[5].says},
		{"app/present/row.go", "fyne.io/fyne/v2", walls[6].says},
		{"app/cmd/tsugi/main.go", "fyne.io/fyne/v2", walls[6].says},
		{"app/shell.go", "fyne.io/fyne/v2/app", walls[7].says},
		{"app/board/board_test.go", "fyne.io/fyne/v2/app", walls[7].says},
		{"server/cmd/tsugid/main.go", ours + "sync/proof", walls[8].says},
	} {
		source := fmt.Sprintf("package planted\n\nimport _ %q\n", planted.imports)
		findings := inspect(t, fstest.MapFS{planted.file: {Data: []byte(source)}})
		found := strings.Join(findings, "\n")
		if planted.want == "" && found != "" || !strings.Contains(found, planted.want) {
			t.Errorf("%s importing %s: found %q, want %q", planted.file, planted.imports, found, planted.want)
		}
	}
}

// inspect returns a sentence for every import in the tree that breaks the order of the layers or crosses a wall. It reads the
// files itself, tests and files for other systems too: asked of the go command, the imports would be read by a child process,
// and a cached result of this test would outlive a change.
func inspect(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var findings []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && notOurs(tree, name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		imports, err := importsOf(tree, name)
		if err != nil {
			return err
		}
		findings = append(findings, inspectFile(name, imports)...)
		return nil
	})
	if err != nil {
		t.Fatalf("walk the tree: %v", err)
	}
	return findings
}

// notOurs says whether the go command would not look into the folder either, or only finds generated code there.
func notOurs(tree fs.FS, folder string) bool {
	if folder == "." {
		return false
	}
	base := path.Base(folder)
	_, err := fs.Stat(tree, path.Join(folder, "go.mod"))
	return err == nil || base[0] == '.' || base[0] == '_' || base == "testdata" || folder == "build" || folder == "proto/gen"
}

// importsOf returns the import paths in a file; those of this module begin with "./" in place of the module's name.
func importsOf(tree fs.FS, name string) ([]string, error) {
	source, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	imports := make([]string, len(file.Imports))
	for i, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if rest, ours := strings.CutPrefix(imported, module+"/"); ours {
			imported = "./" + rest
		}
		imports[i] = imported
	}
	return imports, nil
}

// inspectFile returns what is wrong with the imports of one file.
func inspectFile(name string, imports []string) []string {
	own := path.Dir(name)
	layer, known := layerOf(own)
	if !known {
		return []string{fmt.Sprintf("%s: package %s has no layer; give it one in layers_test.go", name, own)}
	}
	var findings []string
	for _, imported := range imports {
		if other, ours := strings.CutPrefix(imported, "./"); ours && other != own {
			switch below, known := layerOf(other); {
			case !known:
				findings = append(findings, fmt.Sprintf("%s imports %s, which has no layer", name, other))
			case below >= layer:
				findings = append(findings, fmt.Sprintf("%s, layer %d, imports %s, layer %d", name, layer, other, below))
			}
		}
		for _, wall := range walls {
			if wall.stops(name, imported) {
				findings = append(findings, fmt.Sprintf("%s imports %s, but %s", name, imported, wall.says))
			}
		}
	}
	return findings
}

// layerOf returns the layer of a package and whether it has one.
func layerOf(pkg string) (layer int, known bool) {
	if within(pkg, "proto/gen") {
		pkg = "proto/gen"
	}
	layer, known = layers[pkg]
	return layer, known
}
