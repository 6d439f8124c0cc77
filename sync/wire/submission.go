package wire

import (
	"math"
	"time"

	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// MomentTo returns the wire form of m, in microseconds.
func MomentTo(m clock.Moment) *v1.Moment {
	return &v1.Moment{WallUs: Micros(m.Wall), BootUs: m.Boot.Microseconds(), BootId: text(m.BootID)}
}

// MomentFrom reads a moment. A time since boot that no machine can have is cut to what a Duration
// holds, so that differences of two never overflow.
func MomentFrom(m *v1.Moment) clock.Moment {
	boot := min(max(m.GetBootUs(), 0), math.MaxInt64/int64(time.Microsecond))
	return clock.Moment{
		Wall: Time(m.GetWallUs()), Boot: time.Duration(boot) * time.Microsecond, BootID: m.GetBootId(),
	}
}

// SubmissionTo returns the wire form of s. It fails only for a command that has none.
func SubmissionTo(s stream.Submission) (*v1.Submission, error) {
	command, err := commandTo(s.Command)
	if err != nil {
		return nil, err
	}
	return &v1.Submission{
		Mid: s.Mid, CommandId: bytesOf(s.ID), StreamId: bytesOf(s.Target), Written: MomentTo(s.Written), Command: command,
	}, nil
}

// SubmissionFrom reads a submission. Without a number or a command id it returns the zero
// submission and an Invalid fault: nobody can be answered. With both, whatever else is malformed or
// unknown is an Invalid fault too, but the submission is returned as far as it could be read, so
// that its rejection can be stored under its number.
func SubmissionFrom(m *v1.Submission) (stream.Submission, error) {
	var identity, rest fault.Check
	s := stream.Submission{Mid: m.GetMid(), ID: needed[id.Command](&identity, "command_id", m.GetCommandId())}
	if s.Mid == 0 {
		identity.Add("mid", "is missing; the first is 1")
	}
	if err := identity.Err("The submission cannot be told from others."); err != nil {
		return stream.Submission{}, err
	}
	s.Written = MomentFrom(m.GetWritten())
	s.Target = needed[id.Stream](&rest, "stream_id", m.GetStreamId())
	if err := rest.Err("The submission is malformed."); err != nil {
		return s, err
	}
	var err error
	s.Command, err = commandFrom(m.GetCommand())
	return s, err
}

// OutcomeTo returns the wire form of o.
func OutcomeTo(o stream.Outcome) *v1.Outcome {
	return &v1.Outcome{Mid: o.Mid, Kind: v1.OutcomeKind(o.Kind), StreamSeq: o.Seq, Fault: FaultTo(o.Fault), Epoch: EpochTo(o.Epoch)}
}

// OutcomeFrom reads an outcome. A kind that no version can mean becomes 0, which is not final.
func OutcomeFrom(m *v1.Outcome) stream.Outcome {
	o := stream.Outcome{Mid: m.GetMid(), Seq: m.GetStreamSeq(), Fault: FaultFrom(m.GetFault()), Epoch: EpochFrom(m.GetEpoch())}
	if k := m.GetKind(); k >= 0 && k <= math.MaxUint8 {
		o.Kind = stream.OutcomeKind(k)
	}
	return o
}

// EpochTo returns the wire form of e: nothing where it names none.
func EpochTo(e id.Epoch) []byte {
	if e.IsZero() {
		return nil
	}
	return e.Bytes()
}

// EpochFrom reads which life of a log is meant; the zero one where it is not said.
func EpochFrom(raw []byte) id.Epoch {
	e, _ := id.From[id.Epoch](raw) // what no id can be says nothing
	return e
}

// EncodeOutcome returns the form in which an outcome is stored.
func EncodeOutcome(o stream.Outcome) []byte {
	out, _ := marshal("outcome", OutcomeTo(o)) // fails only for text that is no UTF-8, and there is none
	return out
}

// DecodeOutcome reads what EncodeOutcome wrote. It returns a Corrupt fault for what is malformed.
func DecodeOutcome(raw []byte) (stream.Outcome, error) {
	m := &v1.Outcome{}
	if err := proto.Unmarshal(raw, m); err != nil {
		return stream.Outcome{}, damaged("outcome", err)
	}
	return OutcomeFrom(m), nil
}
