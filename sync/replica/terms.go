package replica

import (
	"context"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Terms returns the company's terms as they are shown, own unconfirmed changes among them, and the
// newest of their events that are on this device, at most limit of them, oldest first.
func (r *Replica) Terms(ctx context.Context, limit int) (terms workspace.Terms, lines []Line, err error) {
	defer r.notice(&err)
	shown, lines, err := r.audited(ctx, id.Workspace(), id.KindWorkspace, limit)
	terms, _ = shown.(workspace.Terms)
	return terms, lines, err
}
