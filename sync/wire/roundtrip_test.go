package wire_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// filler gives every field of a message another value than zero, and every two another.
type filler struct{ n uint64 }

func (f *filler) fill(m protoreflect.Message) {
	for i := range m.Descriptor().Fields().Len() {
		f.field(m, m.Descriptor().Fields().Get(i))
	}
}

func (f *filler) field(m protoreflect.Message, d protoreflect.FieldDescriptor) {
	switch {
	case d.IsList() && d.Message() != nil:
		list := m.Mutable(d).List()
		for range 2 {
			f.fill(list.AppendMutable().Message())
		}
	case d.IsList():
		list := m.Mutable(d).List()
		for range 2 {
			list.Append(f.value(d))
		}
	case d.Message() != nil:
		f.fill(m.Mutable(d).Message())
	default:
		m.Set(d, f.value(d))
	}
}

func (f *filler) value(d protoreflect.FieldDescriptor) protoreflect.Value {
	f.n++
	switch d.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(fmt.Sprintf("%s %d 火", d.Name(), f.n))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(binary.BigEndian.AppendUint64(make([]byte, length(d)-8), f.n))
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(uint32(f.n))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(1<<40 + f.n)
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(1<<50 + int64(f.n))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(d.Enum().Values().Get(1).Number())
	default:
		return protoreflect.Value{} // Set refuses it
	}
}

// length returns how many bytes a field of bytes has: a SHA-256 has 32, an id 16.
func length(d protoreflect.FieldDescriptor) int {
	if d.Name() == "content" || d.Name() == "was" {
		return 32
	}
	return 16
}

// cases returns, for every case of the message's one oneof, the encoding of a full one.
func cases(t *testing.T, of proto.Message) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	fields := of.ProtoReflect().Descriptor().Oneofs().Get(0).Fields()
	for i := range fields.Len() {
		m := of.ProtoReflect().New()
		(&filler{}).field(m, fields.Get(i))
		out[string(fields.Get(i).Name())] = encode(t, m.Interface())
	}
	return out
}

func encode(t testing.TB, m proto.Message) []byte {
	t.Helper()
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// requireFull fails for every exported field of v, at any depth, that is zero, and for every text
// that came from a proto field of another name.
func requireFull(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		if _, ok := reflect.TypeAssert[time.Time](v); ok {
			break
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				requireFull(t, path+"."+field.Name, v.Field(i))
			}
		}
		return
	case reflect.Pointer:
		if !v.IsNil() {
			requireFull(t, path, v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			requireFull(t, path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			requireFull(t, path, v.Index(i))
		}
	case reflect.String:
		name := strings.ToLower(path[strings.LastIndex(path, ".")+1:])
		if source := strings.ReplaceAll(v.String(), "_", ""); !strings.HasPrefix(source, name) {
			t.Errorf("%s holds %q: it was read from another field", path, v.String())
		}
	}
	if v.IsZero() {
		t.Errorf("%s has no wire form", path)
	}
}

// declared returns the names of the struct types in a package's folder that embed one of markers.
func declared(t *testing.T, folder string, markers ...string) []string {
	t.Helper()
	var out []string
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok && spec.Name.IsExported() && embeds(s, markers) {
				out = append(out, folder+"."+spec.Name.Name)
			}
			return true
		})
	}
	return out
}

func embeds(s *ast.StructType, markers []string) bool {
	return slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		name, ok := f.Type.(*ast.Ident)
		return ok && len(f.Names) == 0 && slices.Contains(markers, name.Name)
	})
}

func TestEveryCommandCrossesTheWireWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, raw := range cases(t, &v1.Command{}) {
		c, err := wire.DecodeCommand(raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seen[fmt.Sprintf("%T", c)] = true
		requireFull(t, name, reflect.ValueOf(c))
		again, err := wire.EncodeCommand(c)
		if err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%s: %v\nhave %x\nwant %x", name, err, again, raw)
		}
	}
	for _, name := range append(declared(t, "incident", "wish", "entryWish", "factWish", "sightWish", "pagingWish"), slices.Concat(declared(t, "workspace", "personWish", "readerWish", "termsWish"), declared(t, "oncall", "wish"), declared(t, "escalation", "policyWish"))...) {
		if !seen[name] {
			t.Errorf("%s has no case in v1.Command", name)
		}
	}
}

func TestEveryEventCrossesTheWireWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, raw := range cases(t, &v1.Event{}) {
		e := decodeAny(t, raw)
		if e == nil {
			t.Errorf("%s is unknown", name)
			continue
		}
		see(seen, e)
		requireFull(t, name, reflect.ValueOf(e))
		again, err := wire.EncodeEvent(e)
		if err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%s: %v\nhave %x\nwant %x", name, err, again, raw)
		}
	}
	for _, name := range append(declared(t, "incident", "fact"), slices.Concat(declared(t, "workspace", "personFact", "readerFact", "termsFact"), declared(t, "oncall", "fact"), declared(t, "escalation", "fact", "pageFact", "policyFact"))...) {
		if !seen[name] {
			t.Errorf("%s has no case in v1.Event", name)
		}
	}
}

// see notes an event's type, and those of what it holds of the paging.
func see(seen map[string]bool, e any) {
	seen[fmt.Sprintf("%T", e)] = true
	switch e := e.(type) {
	case incident.Paged:
		see(seen, e.Event)
	case escalation.OfPage:
		see(seen, e.Event)
	}
}

// decodeAny decodes an event of whichever kind of stream it belongs to, or returns nil.
func decodeAny(t *testing.T, raw []byte) stream.Event {
	t.Helper()
	var found stream.Event
	for kind := range id.KindPolicy + 1 {
		e, err := wire.DecodeEvent(kind, raw)
		if err != nil {
			t.Fatal(err)
		}
		if _, unknown := e.(stream.Unknown); unknown {
			continue
		}
		if found != nil {
			t.Errorf("%T is known in two kinds of streams", e)
		}
		found = e
	}
	return found
}

func TestEveryStateCrossesTheWireWhole(t *testing.T) {
	t.Parallel()
	kinds := map[string]id.Kind{"incident": id.KindIncident, "person": id.KindPerson, "reader": id.KindReader, "terms": id.KindWorkspace, "rotation": id.KindRotation, "policy": id.KindPolicy}
	for name, raw := range cases(t, &v1.State{}) {
		h := stream.Head{Stream: id.New[id.Stream](), Kind: kinds[name], Seq: 7, State: raw}
		s, err := wire.DecodeState(h)
		if err != nil || s == nil {
			t.Errorf("%s: %v %v", name, s, err)
			continue
		}
		requireFull(t, name, reflect.ValueOf(s))
		if stream.Seq(s) != 7 {
			t.Errorf("%s stands at %d, not where its head does", name, stream.Seq(s))
		}
		if own := reflect.ValueOf(s).FieldByName("ID"); own.IsValid() && fmt.Sprint(own) != h.Stream.String() {
			t.Errorf("%s is %v, not what its head says", name, own)
		}
		again, err := wire.EncodeState(s)
		if err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%s: %v\nhave %x\nwant %x", name, err, again, raw)
		}
	}
}
