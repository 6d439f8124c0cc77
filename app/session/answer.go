package session

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tsugi-app/tsugi/app/present"
)

// Answer answers what a command line asks the client that runs: "oncall", for a present.Roll as JSON.
func (s *Session) Answer(ctx context.Context, question string) ([]byte, error) {
	if wish, ok := strings.CutPrefix(question, FeedQuestion); ok {
		return s.answerFeed(ctx, wish)
	}
	if question != "oncall" {
		return nil, fmt.Errorf("nobody knows the question %q", question)
	}
	roll, err := s.Roll(ctx)
	if err != nil {
		return nil, err
	}
	return json.Marshal(roll)
}

// Roll returns who is on call now by each rotation, and as of when that is.
func (s *Session) Roll(ctx context.Context) (present.Roll, error) {
	duties, err := s.Duties(ctx)
	if err != nil {
		return present.Roll{}, err
	}
	c, err := s.Connection(ctx)
	if err != nil {
		return present.Roll{}, err
	}
	return present.RollFrom(duties, c), nil
}
