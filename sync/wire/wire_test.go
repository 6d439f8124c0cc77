package wire_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func TestRawBytesAreSharedAndMarshalledVerbatim(t *testing.T) {
	t.Parallel()
	shared := wire.AppendRecord(wire.AppendRecord(nil, 1, fullStored(t, 1)), 1, stream.Stored{Payload: later()})
	m, err := wire.Raw(shared, &v1.BackfillResponse{}, true)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encode(t, m), shared) {
		t.Error("the bytes changed on the way through proto")
	}
	if unknown := m.ProtoReflect().GetUnknown(); &unknown[0] != &shared[0] {
		t.Error("the bytes were copied")
	}
}

func TestRawIsARealMessageForJSON(t *testing.T) {
	t.Parallel()
	shared := wire.AppendRecord(nil, 1, fullStored(t, 1))
	m, err := wire.Raw(shared, &v1.BackfillResponse{}, false)
	if err != nil || len(m.GetRecords()) != 1 || m.GetRecords()[0].GetEvent().GetWritten().GetText() == "" {
		t.Errorf("read %v, %v", m, err)
	}
	if _, err := wire.Raw([]byte{0xff}, &v1.BackfillResponse{}, false); err == nil {
		t.Error("garbage was read")
	}
}

func TestTimesKeepTheirMicroseconds(t *testing.T) {
	t.Parallel()
	for _, want := range []time.Time{{}, noon, time.Date(1965, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if have := wire.Time(wire.Micros(want)); have != want {
			t.Errorf("%v became %v", want, have)
		}
	}
	if have := wire.Time(wire.Micros(noon.In(time.FixedZone("far", 3600)))); have != noon {
		t.Errorf("%v is not in UTC", have)
	}
}

// decoded returns what a client of any version may send as command.
func decoded(t *testing.T, m *v1.Command) stream.Command {
	t.Helper()
	c, err := wire.DecodeCommand(encode(t, m))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNumbersThatDoNotFitNeverWrap(t *testing.T) {
	t.Parallel()
	declare := decoded(t, &v1.Command{Body: &v1.Command_Declare{Declare: &v1.Declare{Severity: 256 + 1, Kind: 256 + 2}}}).(incident.Declare)
	if declare.Severity != 0 || declare.Kind != 255 {
		t.Errorf("declared %+v", declare)
	}
	turn := decoded(t, &v1.Command{Body: &v1.Command_ChangeStatus{ChangeStatus: &v1.ChangeStatus{To: 256 + 3}}}).(incident.ChangeStatus)
	if turn.To != 255 {
		t.Errorf("status %d", turn.To)
	}
	update := &v1.ImportedUpdate{Status: proto.Uint32(256)}
	history, err := wire.ImportFrom(&v1.Import{Severity: 256 + 1, Kind: 256, Updates: []*v1.ImportedUpdate{update}})
	if err != nil || *history.Updates[0].Status != 255 || history.Severity != 0 || history.Kind != 255 {
		t.Errorf("imported %+v, %v", history, err)
	}
}

func TestAnImportMustBeThere(t *testing.T) {
	t.Parallel()
	if _, err := wire.ImportFrom(nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v; want an Invalid fault", err)
	}
}

func TestBrokenTextIsMendedNotRefused(t *testing.T) {
	t.Parallel()
	broken := "caf\xe9"
	commands := []stream.Command{
		incident.Declare{Title: broken, Tags: []string{broken}},
		incident.Write{Text: broken},
		incident.Import{Key: broken, Updates: []incident.ImportedUpdate{{Body: broken}}},
		workspace.AddPerson{Name: broken},
	}
	for _, c := range commands {
		raw, err := wire.EncodeCommand(c)
		if err != nil {
			t.Errorf("%T: %v", c, err)
		}
		if back, err := wire.DecodeCommand(raw); err != nil {
			t.Errorf("%T: %v, %v", c, back, err)
		}
	}
	for _, e := range []stream.Event{incident.Written{Text: broken}, workspace.DeviceEnrolled{Platform: broken}} {
		if _, err := wire.EncodeEvent(e); err != nil {
			t.Errorf("%T: %v", e, err)
		}
	}
	if o, err := wire.DecodeOutcome(wire.EncodeOutcome(stream.Refusal(1, fault.New(fault.Invalid, broken)))); err != nil || o.Mid != 1 {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestCommandsThatNobodyKnowsAreInvalid(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"nothing": nil, "of the future": later(), "garbage": {0xff},
		"short id": encode(t, &v1.Command{Body: &v1.Command_MarkRead{MarkRead: &v1.MarkRead{IncidentId: []byte{1}}}}),
	} {
		if c, err := wire.DecodeCommand(raw); !fault.Is(err, fault.Invalid) || c != nil {
			t.Errorf("%s: %v, %v; want an Invalid fault", name, c, err)
		}
	}
}

func TestWhatHasNoWireFormIsNotEncoded(t *testing.T) {
	t.Parallel()
	if _, err := wire.EncodeEvent(stream.Unknown{Of: id.KindIncident}); err == nil {
		t.Error("an unknown event was encoded anew")
	}
	if _, err := wire.EncodeCommand(nil); err == nil {
		t.Error("no command was encoded")
	}
	if _, err := wire.SubmissionTo(stream.Submission{}); err == nil {
		t.Error("a submission without a command was encoded")
	}
}

func TestKindsHaveTheSameNumbersOnTheWire(t *testing.T) {
	t.Parallel()
	streams := map[string]id.Kind{
		"UNSPECIFIED": id.KindUnknown, "INCIDENT": id.KindIncident, "WORKSPACE": id.KindWorkspace,
		"PERSON": id.KindPerson, "READER": id.KindReader, "ROTATION": id.KindRotation, "POLICY": id.KindPolicy,
	}
	outcomes := map[string]stream.OutcomeKind{
		"UNSPECIFIED": 0, "ACCEPTED": stream.Accepted, "REJECTED": stream.Rejected, "CONFLICT": stream.Conflict,
		"OUT_OF_ORDER": stream.OutOfOrder, "RETRY": stream.Retry,
	}
	for number, name := range v1.StreamKind_name {
		if have, ok := streams[strings.TrimPrefix(name, "STREAM_KIND_")]; !ok || int32(have) != number {
			t.Errorf("%s has the number %d here, %d on the wire", name, have, number)
		}
	}
	for number, name := range v1.OutcomeKind_name {
		if have, ok := outcomes[strings.TrimPrefix(name, "OUTCOME_KIND_")]; !ok || int32(have) != number {
			t.Errorf("%s has the number %d here, %d on the wire", name, have, number)
		}
	}
}
