package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// asks begins a line that asks something and is no link, and answers begins what is answered.
const (
	asks    = "?"
	answers = "answer\n"
)

// answerMost is how long an answer may be, in bytes.
const answerMost = 1 << 20

// OnCall asks who is on call, see session.Session.Answer.
const OnCall = "oncall"

// Ask asks the client that runs on dir, and returns its answer. The error says that there is none, or that it does not know
// the question, as those of earlier versions do not.
func Ask(ctx context.Context, dir, question string) ([]byte, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", Socket(dir))
	if err != nil {
		return nil, fmt.Errorf("ask the client that runs: %w", err)
	}
	defer limited(ctx, conn)()
	if _, err := io.WriteString(conn, asks+question+"\n"); err != nil {
		return nil, fmt.Errorf("ask the client that runs: %w", err)
	}
	got, err := io.ReadAll(io.LimitReader(conn, answerMost))
	if err != nil {
		return nil, fmt.Errorf("hear the client that runs: %w", err)
	}
	answer, known := strings.CutPrefix(string(got), answers)
	if !known {
		return nil, errors.New("the client that runs does not know the question")
	}
	return []byte(answer), nil
}

// answer answers what is asked. What cannot be answered is not.
func (d *Doorway) answer(ctx context.Context, conn io.Writer, question string) {
	if d.Answer == nil {
		return
	}
	said, err := d.Answer(ctx, question)
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, answers+string(said)) // whoever does not hear it asks again
}
