package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one package of the tree as it is written, not compiled: enough to read the sentences in its faults.
type source struct {
	folder string
	files  []*ast.File
	places *token.FileSet
}

// sentence is what a fault says, with %s for what is only known when it happens.
type sentence struct {
	text, place string
	field       bool // the name of a field, not a sentence
}

// readSources parses every package below the folders, without tests.
func readSources(t *testing.T, tree string, folders ...string) []*source {
	t.Helper()
	packages := map[string]*source{}
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(tree), folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			p := packages[path.Dir(name)]
			if p == nil {
				p = &source{folder: path.Dir(name), places: token.NewFileSet()}
				packages[p.folder] = p
			}
			file, err := parser.ParseFile(p.places, path.Join(tree, name), nil, parser.SkipObjectResolution)
			p.files = append(p.files, file)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var out []*source
	for _, p := range packages {
		out = append(out, p)
	}
	return out
}

// sentences returns what the faults of the package say.
func (p *source) sentences() []sentence {
	var out []sentence
	for _, file := range p.files {
		if p.folder != "sync/fault" && !imports(file, "/sync/fault") {
			continue
		}
		for _, d := range file.Decls {
			f, _ := d.(*ast.FuncDecl)
			ast.Inspect(d, func(n ast.Node) bool {
				for _, e := range spoken(n) {
					for _, text := range p.read(e.at, f, 0) {
						out = append(out, sentence{text: text, place: p.places.Position(e.at.Pos()).String(), field: e.field})
					}
				}
				return true
			})
		}
	}
	return out
}

func imports(file *ast.File, ending string) bool {
	return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return strings.HasSuffix(strings.Trim(i.Path.Value, `"`), ending) })
}

type spot struct {
	at    ast.Expr
	field bool
}

// spoken returns the parts of a node in which a fault is worded.
func spoken(n ast.Node) []spot {
	switch n := n.(type) {
	case *ast.CallExpr:
		return spokenCall(n)
	case *ast.CompositeLit:
		var out []spot
		for _, e := range n.Elts {
			pair, _ := e.(*ast.KeyValueExpr)
			if pair == nil {
				continue
			}
			key, _ := pair.Key.(*ast.Ident)
			if key == nil || !slices.Contains([]string{"Message", "Safe", "Do", "Problem", "Name"}, key.Name) {
				continue
			}
			if kind := named(n.Type); kind == "Fault" || kind == "Field" || kind == "" && key.Name != "Message" {
				out = append(out, spot{pair.Value, key.Name == "Name"})
			}
		}
		return out
	}
	return nil
}

func spokenCall(call *ast.CallExpr) []spot {
	selector, _ := call.Fun.(*ast.SelectorExpr)
	if selector == nil {
		return nil
	}
	of, _ := selector.X.(*ast.Ident)
	switch name := selector.Sel.Name; {
	case of != nil && of.Name == "fault" && (name == "New" || name == "Wrap"):
		return []spot{{at: call.Args[1]}}
	case name == "WithAdvice":
		return []spot{{at: call.Args[0]}, {at: call.Args[1]}}
	case name == "Err" && len(call.Args) == 1:
		return []spot{{at: call.Args[0]}}
	case name == "Add" && len(call.Args) == 2:
		return []spot{{at: call.Args[0], field: true}, {at: call.Args[1]}}
	}
	return nil
}

// named returns the last name of a type, of a slice's or map's that of its elements, or nothing where it is left out.
func named(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	case nil:
		return ""
	}
	return "?"
}

// read returns what an expression of function f can say.
func (p *source) read(e ast.Expr, f *ast.FuncDecl, depth int) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return []string{text}
		}
	case *ast.ParenExpr:
		return p.read(e.X, f, depth)
	case *ast.BinaryExpr:
		var out []string
		for _, left := range p.read(e.X, f, depth) {
			for _, right := range p.read(e.Y, f, depth) {
				out = append(out, left+right)
			}
		}
		return out
	case *ast.CallExpr:
		if named(e.Fun) == "Sprintf" {
			return p.read(e.Args[0], f, depth)
		}
	case *ast.Ident:
		if got := p.readName(e.Name, f, depth+1); len(got) > 0 {
			return got
		}
	}
	return []string{"%s"}
}

// readName returns what a constant, a parameter or a variable of function f can say.
func (p *source) readName(name string, f *ast.FuncDecl, depth int) []string {
	if f == nil || depth > 4 {
		return nil
	}
	var out []string
	at := 0
	for _, list := range f.Type.Params.List {
		for _, parameter := range list.Names {
			if parameter.Name == name {
				out = append(out, p.readArguments(f.Name.Name, at, depth)...)
			}
			at++
		}
	}
	note := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, _ := left.(*ast.Ident); id != nil && id.Name == name && len(n.Lhs) == len(n.Rhs) {
					out = append(out, p.read(n.Rhs[i], f, depth)...)
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if id.Name == name && i < len(n.Values) {
					out = append(out, p.read(n.Values[i], f, depth)...)
				}
			}
		}
		return true
	}
	ast.Inspect(f, note)
	for _, file := range p.files {
		for _, d := range file.Decls {
			if constants, ok := d.(*ast.GenDecl); ok && constants.Tok == token.CONST {
				ast.Inspect(constants, note)
			}
		}
	}
	return out
}

// readArguments returns what the callers of a function hand over in a place.
func (p *source) readArguments(function string, at, depth int) []string {
	var out []string
	for _, file := range p.files {
		for _, d := range file.Decls {
			f, _ := d.(*ast.FuncDecl)
			ast.Inspect(d, func(n ast.Node) bool {
				call, _ := n.(*ast.CallExpr)
				if call != nil && named(call.Fun) == function && at < len(call.Args) {
					out = append(out, p.read(call.Args[at], f, depth)...)
				}
				return true
			})
		}
	}
	return out
}
