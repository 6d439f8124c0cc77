package wire_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

func submission() stream.Submission {
	return stream.Submission{
		Mid: 4, ID: id.New[id.Command](), Target: id.New[id.Stream](),
		Written: clock.Moment{Wall: noon, Boot: 90 * time.Second, BootID: "boot"},
		Command: incident.Retitle{Title: "Disk full"},
	}
}

func submissionTo(t testing.TB, s stream.Submission) *v1.Submission {
	t.Helper()
	m, err := wire.SubmissionTo(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSubmissionsCrossTheWire(t *testing.T) {
	t.Parallel()
	want := submission()
	m := &v1.Submission{}
	if err := proto.Unmarshal(encode(t, submissionTo(t, want)), m); err != nil {
		t.Fatal(err)
	}
	have, err := wire.SubmissionFrom(m)
	if diff := cmp.Diff(want, have, cmp.AllowUnexported(incident.Retitle{})); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestASubmissionThatCannotBeCarriedOutCanStillBeRejected(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*v1.Submission){
		"no command":            func(m *v1.Submission) { m.Command = nil },
		"command of the future": func(m *v1.Submission) { m.Command = &v1.Command{}; m.Command.ProtoReflect().SetUnknown(later()) },
		"short id in the command": func(m *v1.Submission) {
			m.Command = &v1.Command{Body: &v1.Command_Write{Write: &v1.Write{EntryId: []byte{1}}}}
		},
		"no stream":    func(m *v1.Submission) { m.StreamId = nil },
		"short stream": func(m *v1.Submission) { m.StreamId = []byte{1, 2} },
	}
	for name, spoil := range tests {
		want := submission()
		m := submissionTo(t, want)
		spoil(m)
		have, err := wire.SubmissionFrom(m)
		if !fault.Is(err, fault.Invalid) || !fault.KindOf(err).Permanent() {
			t.Errorf("%s: %v; want an Invalid fault", name, err)
		}
		if have.Mid != want.Mid || have.ID != want.ID || have.Command != nil {
			t.Errorf("%s: %+v cannot be rejected under its number", name, have)
		}
		if wanted := len(m.GetStreamId()) == 16; wanted && have.Target != want.Target {
			t.Errorf("%s: the target %v is lost", name, want.Target)
		}
	}
}

func TestASubmissionWithoutIdentityIsNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*v1.Submission)
		field string
	}{
		"no number":  {func(m *v1.Submission) { m.Mid = 0 }, "mid"},
		"no id":      {func(m *v1.Submission) { m.CommandId = nil }, "command_id"},
		"zero id":    {func(m *v1.Submission) { m.CommandId = make([]byte, 16) }, "command_id"},
		"short id":   {func(m *v1.Submission) { m.CommandId = m.GetCommandId()[:15] }, "command_id"},
		"long id":    {func(m *v1.Submission) { m.CommandId = append(m.GetCommandId(), 1) }, "command_id"},
		"nothing":    {reset, "mid"},
		"nothing id": {reset, "command_id"},
	}
	for name, test := range tests {
		m := submissionTo(t, submission())
		test.spoil(m)
		have, err := wire.SubmissionFrom(m)
		if f := fault.Find(err); f == nil || f.Kind != fault.Invalid || !names(f, test.field) {
			t.Errorf("%s: %v; want an Invalid fault that names %s", name, err, test.field)
		}
		if have != (stream.Submission{}) {
			t.Errorf("%s: %+v is not zero", name, have)
		}
	}
}

func reset(m *v1.Submission) { proto.Reset(m) }

func names(f *fault.Fault, field string) bool {
	for _, d := range f.Fields {
		if d.Name == field {
			return true
		}
	}
	return false
}

func TestMomentsNeverOverflow(t *testing.T) {
	t.Parallel()
	for _, us := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64/1000 + 1, math.MaxInt64} {
		m := wire.MomentFrom(&v1.Moment{BootUs: us, BootId: "b"})
		if m.Boot < 0 || us > 0 && m.Boot == 0 {
			t.Errorf("%d µs became %v", us, m.Boot)
		}
	}
	if have := wire.MomentFrom(nil); have != (clock.Moment{}) {
		t.Errorf("no moment became %+v", have)
	}
}

func TestOutcomesAreStoredWhole(t *testing.T) {
	t.Parallel()
	for kind := stream.Accepted; kind <= stream.Retry; kind++ {
		want := stream.Outcome{Mid: 1, Kind: kind, Seq: 2, Fault: fullFault(fault.Conflict)}
		want.Fault.Cause = nil
		have, err := wire.DecodeOutcome(wire.EncodeOutcome(want))
		if diff := cmp.Diff(want, have); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
	if have := wire.OutcomeFrom(&v1.Outcome{Kind: 256 + 1}); have.Kind.Final() {
		t.Errorf("an outcome of a later version became %d", have.Kind)
	}
}
