package replica

import (
	"context"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Revise gives an entry other words in the index, as an event with number seq would; none take it out.
func (r *Replica) Revise(ctx context.Context, in id.Incident, entry id.Entry, seq uint64, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.change(ctx, func(u *update) error {
		if text == "" {
			return u.unindex(ctx, revision{target: id.Stream(in), entry: entry, seq: seq})
		}
		return u.reindex(ctx, revision{target: id.Stream(in), entry: entry, seq: seq, text: text})
	})
}
