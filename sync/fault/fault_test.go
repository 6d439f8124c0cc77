package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/sync/fault"
)

func TestAFaultSaysAllInOneLine(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]*fault.Fault{
		"It is gone.": fault.New(fault.Gone, "It is gone."),
		"It is gone. Your words are safe. Copy them.": fault.New(fault.Gone, "It is gone.").WithAdvice("Your words are safe.", "Copy them."),
		"It was not read. (EOF)":                      fault.Wrap(fault.Corrupt, "It was not read.", io.EOF),
		"It is faulty. title is empty; tag is long Mend it.": {
			Kind: fault.Invalid, Message: "It is faulty.", Do: "Mend it.",
			Fields: []fault.Field{{Name: "title", Problem: "is empty"}, {Name: "tag", Problem: "is long"}},
		},
	} {
		if have := f.Error(); have != want {
			t.Errorf("have %q\nwant %q", have, want)
		}
	}
}

func TestAFaultIsFoundInAnyChain(t *testing.T) {
	t.Parallel()
	inner := fault.Wrap(fault.Storage, "The disk is full.", io.ErrShortWrite)
	err := fmt.Errorf("store command 4: %w", errors.Join(io.EOF, inner))
	if fault.Find(err) != inner || fault.KindOf(err) != fault.Storage || !fault.Is(err, fault.Storage) || fault.Is(err, fault.Internal) {
		t.Errorf("found %v of kind %d", fault.Find(err), fault.KindOf(err))
	}
	if !errors.Is(err, io.ErrShortWrite) {
		t.Error("the cause is lost")
	}
	outer := fault.Wrap(fault.Unavailable, "Try later.", err)
	if fault.KindOf(outer) != fault.Unavailable {
		t.Error("the outermost fault does not count")
	}
}

func TestWhatIsNoFaultIsOurMistake(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, io.EOF} {
		if fault.Find(err) != nil || fault.KindOf(err) != fault.Internal || fault.Is(err, fault.Internal) {
			t.Errorf("%v is a fault", err)
		}
	}
}

func TestAdviceLeavesTheFaultAsItWas(t *testing.T) {
	t.Parallel()
	plain := fault.Wrap(fault.Denied, "Only admins may.", io.EOF)
	advised := plain.WithAdvice("Nothing was changed.", "Ask an admin.")
	if plain.Safe != "" || plain.Do != "" {
		t.Error("the fault was changed")
	}
	want := fault.Fault{Kind: fault.Denied, Message: "Only admins may.", Safe: "Nothing was changed.", Do: "Ask an admin.", Cause: io.EOF}
	if diff := cmp.Diff(want, *advised, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })); diff != "" {
		t.Error(diff)
	}
}

func TestACheckTellsEveryFaultyFieldAtOnce(t *testing.T) {
	t.Parallel()
	var check fault.Check
	if err := check.Err("Nothing is wrong."); err != nil {
		t.Errorf("no faulty field is %v", err)
	}
	check.Add("title", "is empty")
	check.Add("severity", "is unknown")
	f := fault.Find(check.Err("It was not declared."))
	if f == nil || f.Kind != fault.Invalid || f.Message != "It was not declared." {
		t.Fatalf("have %v", f)
	}
	if diff := cmp.Diff([]fault.Field{{Name: "title", Problem: "is empty"}, {Name: "severity", Problem: "is unknown"}}, f.Fields); diff != "" {
		t.Error(diff)
	}
}

// table is the one list, in the order of its numbers, with whether a command is used up by it.
var table = []struct {
	kind      fault.Kind
	permanent bool
}{
	{fault.Internal, false},
	{fault.Invalid, true},
	{fault.NotFound, true},
	{fault.Conflict, true},
	{fault.Unauthenticated, false},
	{fault.Denied, true},
	{fault.TooLarge, true},
	{fault.OutOfOrder, false},
	{fault.Reset, false},
	{fault.Poison, true},
	{fault.Gone, true},
	{fault.Unavailable, false},
	{fault.TooMany, false},
	{fault.Locked, false},
	{fault.Newer, false},
	{fault.Storage, false},
	{fault.Corrupt, false},
	{fault.Copied, false},
	{fault.Resume, false},
}

func TestTheNumbersOfFaultsNeverMove(t *testing.T) {
	t.Parallel()
	for number, row := range table {
		if int(row.kind) != number {
			t.Errorf("fault %d became %d: it is stored in outcomes", number, row.kind)
		}
	}
}

func TestOnlyWhatCanNeverSucceedUsesUpItsNumber(t *testing.T) {
	t.Parallel()
	for _, row := range table {
		if row.kind.Permanent() != row.permanent {
			t.Errorf("fault %d: permanent is %v", row.kind, !row.permanent)
		}
	}
	if later := fault.Kind(len(table)); later.Permanent() {
		t.Error("a fault of a later version uses up the command")
	}
}
