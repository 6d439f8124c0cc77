package ledger

import (
	"context"
	"fmt"

	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/timeline"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// erase takes the words of every entry that this batch erases out of what is stored, in the same transaction
// as the event that says so.
func (b *batch) erase(ctx context.Context, w *timeline.Writer) error {
	for _, e := range b.events {
		erased, ok := e.Event.(incident.Erased)
		if !ok {
			continue
		}
		b.erased = true
		blank := func(payload []byte) ([]byte, bool, error) { return wire.Blanked(payload, erased.Entry) }
		if _, err := w.Rewrite(ctx, e.Stream, erased.Entry, blank); err != nil {
			return fmt.Errorf("erase an entry of %s: %w", e.Stream, err)
		}
	}
	return nil
}

// purge empties the journal after something was erased, so that it is in no file any more. While somebody reads
// an older state it cannot be emptied, and is tried again later.
func (l *Ledger) purge(ctx context.Context) {
	if !l.unclean {
		return
	}
	if err := l.DB.Purge(ctx); err != nil {
		l.Logger.WarnContext(ctx, "erased words may still be in the journal", "error", err)
		return
	}
	l.unclean = false
}
