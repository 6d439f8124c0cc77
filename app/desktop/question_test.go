package desktop_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/desktop"
)

func TestARunningClientIsAsked(t *testing.T) {
	t.Parallel()
	dir := short(t)
	if _, err := desktop.Ask(t.Context(), dir, "oncall"); err == nil {
		t.Error("nobody runs, and answers")
	}
	door, err := desktop.OpenDoorway(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	door.Answer = func(_ context.Context, question string) ([]byte, error) {
		if question != "oncall" {
			return nil, errors.New("nobody knows that")
		}
		return []byte(`{"long":"` + strings.Repeat("x", 100_000) + `"}`), nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		door.Serve(t.Context(), func(l desktop.Link) { t.Errorf("a question was taken for the link %+v", l) })
	}()
	t.Cleanup(func() { _ = door.Close(); <-done })
	if got, err := desktop.Ask(t.Context(), dir, "oncall"); err != nil || len(got) < 100_000 || !strings.HasPrefix(string(got), `{"long"`) {
		t.Errorf("answered is %.40q, %v", got, err)
	}
	if got, err := desktop.Ask(t.Context(), dir, "the weather"); err == nil {
		t.Errorf("answered is %q", got)
	}
}

func TestAClientThatKnowsNoQuestionsAnswersNone(t *testing.T) {
	t.Parallel()
	dir := short(t)
	serve(t, dir)
	if got, err := desktop.Ask(t.Context(), dir, "oncall"); err == nil {
		t.Errorf("answered is %q", got)
	}
}
