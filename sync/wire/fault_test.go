package wire_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/go-cmp/cmp"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func fullFault(kind fault.Kind) *fault.Fault {
	return &fault.Fault{
		Kind: kind, Message: "It moved.", Safe: "Theirs stands.", Do: "Choose.",
		Fields:   []fault.Field{{Name: "title", Problem: "is empty"}, {Name: "tag", Problem: "is too long"}},
		Standing: &fault.Standing{Field: "severity", Value: "SEV1", Base: 12, At: noon},
		Cause:    errors.New("secret: /var/lib/tsugi"),
	}
}

// kinds reads the list of faults itself, so that a new one cannot be forgotten here.
func kinds(t *testing.T) []fault.Kind {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), "../fault/fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []fault.Kind
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || len(spec.Values) != 1 {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Kind" {
			number, err := strconv.Atoi(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fault.Kind(number))
		}
		return true
	})
	if len(out) < 19 {
		t.Fatalf("found only %d kinds of faults", len(out))
	}
	return out
}

// served is a server that answers every Push with an error.
type served struct {
	tsugiv1connect.UnimplementedSyncServiceHandler
	answer error
}

func (s served) Push(context.Context, *v1.PushRequest) (*v1.PushResponse, error) {
	return nil, s.answer
}

// push returns what a client meets where the server answers with answer.
func push(t *testing.T, answer error) error {
	t.Helper()
	_, handler := tsugiv1connect.NewSyncServiceHandler(served{answer: answer})
	return pushTo(t, handler)
}

func pushTo(t *testing.T, handler http.Handler) error {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	client := tsugiv1connect.NewSyncServiceClient(server.Client(), server.URL)
	_, err := client.Push(t.Context(), &v1.PushRequest{})
	return wire.FromError(err)
}

func TestEveryFaultCrossesTheWireWholeButItsCause(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds(t) {
		sent := fullFault(kind)
		answer := wire.Error(fmt.Errorf("decide command 4: %w", sent))
		if answer.Code() == connect.CodeUnknown {
			t.Errorf("fault %d has no code", kind)
		}
		if strings.Contains(answer.Error(), "secret") || strings.Contains(answer.Error(), "decide") {
			t.Errorf("fault %d tells of the inside: %v", kind, answer)
		}
		want := *sent
		want.Cause = nil
		if diff := cmp.Diff(&want, push(t, answer)); diff != "" {
			t.Errorf("fault %d changed on the way:\n%s", kind, diff)
		}
	}
}

func TestAnErrorThatIsNoFaultTellsNothingOfTheInside(t *testing.T) {
	t.Parallel()
	err := push(t, wire.Error(errors.New("open /var/lib/tsugi/log.db: permission denied")))
	if !fault.Is(err, fault.Internal) || strings.Contains(err.Error(), "/var") {
		t.Errorf("the client met %v", err)
	}
}

func TestContextErrorsKeepTheirCodes(t *testing.T) {
	t.Parallel()
	for want, err := range map[connect.Code]error{
		connect.CodeCanceled:         fmt.Errorf("wait: %w", context.Canceled),
		connect.CodeDeadlineExceeded: fmt.Errorf("wait: %w", context.DeadlineExceeded),
		connect.CodeUnavailable:      fault.Wrap(fault.Unavailable, "The server is busy.", context.DeadlineExceeded),
		connect.CodeAborted:          connect.NewError(connect.CodeAborted, io.ErrClosedPipe),
	} {
		if have := wire.Error(err); have.Code() != want {
			t.Errorf("%v has code %v; want %v", err, have.Code(), want)
		}
	}
	if wire.Error(nil) != nil || wire.FromError(nil) != nil {
		t.Error("no error became one")
	}
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	client := tsugiv1connect.NewSyncServiceClient(http.DefaultClient, server.URL)
	_, err := client.Push(t.Context(), &v1.PushRequest{})
	if f := fault.Find(wire.FromError(err)); f == nil || f.Kind != fault.Unavailable || f.Message != "The server was not reached." {
		t.Errorf("the client met %v", f)
	}
	if !fault.Is(wire.FromError(io.ErrUnexpectedEOF), fault.Unavailable) {
		t.Error("a broken connection is not Unavailable")
	}
}

func TestACancelledCallStillTellsSo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	client := tsugiv1connect.NewSyncServiceClient(http.DefaultClient, "http://127.0.0.1:1")
	_, err := client.Push(ctx, &v1.PushRequest{})
	if err = wire.FromError(err); !errors.Is(err, context.Canceled) || !fault.Is(err, fault.Unavailable) {
		t.Errorf("the client met %v", err)
	}
}

func TestWhatStandsBetweenIsNeverTakenForTheServersWord(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]fault.Kind{
		http.StatusUnauthorized: fault.Unauthenticated,
		http.StatusForbidden:    fault.Unavailable, http.StatusNotFound: fault.Unavailable,
		http.StatusBadGateway: fault.Unavailable, http.StatusTooManyRequests: fault.Unavailable,
		http.StatusOK: fault.Unavailable, http.StatusBadRequest: fault.Unavailable,
	} {
		err := pushTo(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>Please sign in to the hotel's network.</html>")
		}))
		if have := fault.KindOf(err); have != want {
			t.Errorf("status %d became fault %d (%v); want %d", status, have, err, want)
		}
	}
	for code, want := range map[connect.Code]fault.Kind{
		connect.CodeInvalidArgument: fault.Invalid, connect.CodeResourceExhausted: fault.TooLarge,
		connect.CodePermissionDenied: fault.Unavailable, connect.CodeInternal: fault.Unavailable,
	} {
		if have := fault.KindOf(wire.FromError(connect.NewError(code, errors.New("bare")))); have != want {
			t.Errorf("%v became fault %d; want %d", code, have, want)
		}
	}
}

func TestFaultsOfALaterVersionKeepTheirKind(t *testing.T) {
	t.Parallel()
	if f := wire.FaultFrom(&v1.Fault{Kind: 200}); f.Kind != 200 || f.Kind.Permanent() {
		t.Errorf("fault 200 became %d", f.Kind)
	}
	if f := wire.FaultFrom(&v1.Fault{Kind: 256 + uint32(fault.Poison)}); f.Kind != fault.Internal {
		t.Errorf("a fault beyond all became %d", f.Kind)
	}
	if wire.FaultFrom(nil) != nil || wire.FaultTo(nil) != nil {
		t.Error("no fault became one")
	}
}
