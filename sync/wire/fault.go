package wire

import (
	"context"
	"errors"
	"math"

	"connectrpc.com/connect"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// FaultTo returns the wire form of f. The cause stays here.
func FaultTo(f *fault.Fault) *v1.Fault {
	if f == nil {
		return nil
	}
	m := &v1.Fault{Kind: uint32(f.Kind), Message: text(f.Message), Safe: text(f.Safe), Do: text(f.Do)}
	for _, d := range f.Fields {
		m.Fields = append(m.Fields, &v1.FaultField{Name: text(d.Name), Problem: text(d.Problem)})
	}
	if s := f.Standing; s != nil {
		m.Standing = &v1.Standing{Field: text(s.Field), Value: text(s.Value), Base: s.Base, AtUs: Micros(s.At)}
	}
	return m
}

// FaultFrom reads a fault. A kind that no version can mean is Internal, and one without a word says that it has none.
func FaultFrom(m *v1.Fault) *fault.Fault {
	if m == nil {
		return nil
	}
	f := &fault.Fault{Message: m.GetMessage(), Safe: m.GetSafe(), Do: m.GetDo()}
	if k := m.GetKind(); k <= math.MaxUint8 {
		f.Kind = fault.Kind(k)
	}
	for _, d := range m.GetFields() {
		f.Fields = append(f.Fields, fault.Field{Name: d.GetName(), Problem: d.GetProblem()})
	}
	if s := m.GetStanding(); s != nil {
		f.Standing = &fault.Standing{Field: s.GetField(), Value: s.GetValue(), Base: s.GetBase(), At: Time(s.GetAtUs())}
	}
	if f.Error() == "" {
		f.Message = "The server gave no reason."
	}
	return f
}

// Error returns err as a handler answers it: with the fault's code, its words and the whole fault
// as a detail. What is no fault says nothing of the inside. A connect error passes as it is.
func Error(err error) *connect.Error {
	var already *connect.Error
	f := fault.Find(err)
	switch {
	case err == nil:
		return nil
	case f != nil:
	case errors.As(err, &already):
		return already
	case errors.Is(err, context.Canceled):
		return connect.NewError(connect.CodeCanceled, context.Canceled)
	case errors.Is(err, context.DeadlineExceeded):
		return connect.NewError(connect.CodeDeadlineExceeded, context.DeadlineExceeded)
	default:
		f = fault.New(fault.Internal, "The server made a mistake.").
			WithAdvice("What was stored is safe.", "Try again; if it stays, tell whoever runs the server.")
	}
	bare := *f
	bare.Cause = nil
	out := connect.NewError(code(f.Kind), errors.New(text(bare.Error())))
	if detail, err := connect.NewErrorDetail(FaultTo(f)); err == nil {
		out.AddDetail(detail)
	}
	return out
}

// FromError returns err, which a call to the server met, as a fault. The fault that the server sent
// comes first; where something between sent none, the code decides.
func FromError(err error) error {
	if err == nil || fault.Find(err) != nil {
		return err
	}
	var answer *connect.Error
	if !errors.As(err, &answer) {
		return notReached(err)
	}
	for _, d := range answer.Details() {
		value, err := d.Value()
		if err != nil {
			continue // a detail of a later version
		}
		if m, ok := value.(*v1.Fault); ok {
			return FaultFrom(m)
		}
	}
	return bareAnswer(answer)
}

// bareAnswer judges an answer without a fault. Our handlers always send one: it comes from the
// transport or from something between, so that nothing but a missing token and the transport's own
// limits is taken for the server's word.
func bareAnswer(err *connect.Error) error {
	switch err.Code() {
	case connect.CodeUnauthenticated:
		return fault.Wrap(fault.Unauthenticated, "The server does not know this device any more.", err)
	case connect.CodeInvalidArgument:
		return fault.Wrap(fault.Invalid, "The server could not read the request.", err)
	case connect.CodeResourceExhausted:
		return fault.Wrap(fault.TooLarge, "The message is too large.", err)
	case connect.CodePermissionDenied, connect.CodeNotFound, connect.CodeUnimplemented:
		return fault.Wrap(fault.Unavailable, "Something else than the server answered.", err)
	default:
		return notReached(err)
	}
}

func notReached(cause error) error {
	return fault.Wrap(fault.Unavailable, "The server was not reached.", cause)
}

// code returns the connect code of a kind of fault; Unknown for one of a later version.
func code(k fault.Kind) connect.Code {
	switch k {
	case fault.Internal, fault.Poison:
		return connect.CodeInternal
	case fault.Invalid:
		return connect.CodeInvalidArgument
	case fault.TooLarge:
		return connect.CodeOutOfRange
	case fault.NotFound, fault.Gone:
		return connect.CodeNotFound
	case fault.Conflict, fault.Resume:
		return connect.CodeAborted
	case fault.OutOfOrder, fault.Reset, fault.Copied, fault.Locked, fault.Newer:
		return connect.CodeFailedPrecondition
	case fault.Unauthenticated:
		return connect.CodeUnauthenticated
	case fault.Denied:
		return connect.CodePermissionDenied
	case fault.TooMany:
		return connect.CodeResourceExhausted
	case fault.Unavailable, fault.Storage:
		return connect.CodeUnavailable
	case fault.Corrupt:
		return connect.CodeDataLoss
	default:
		return connect.CodeUnknown
	}
}
