package statuspage

import (
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/sync/fault"
)

func TestAFileOverTheLimitIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	text := `{"page": {"id": "p"}, "incidents": []}`
	if _, err := read(strings.NewReader(text), int64(len(text))); err != nil {
		t.Errorf("as large as allowed: %v", err)
	}
	rest := strings.NewReader(text + strings.Repeat(" ", 100))
	_, err := read(rest, int64(len(text)))
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
	if rest.Len() != 99 {
		t.Errorf("%d bytes were left unread, want 99", rest.Len())
	}
}
