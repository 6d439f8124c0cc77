package ledger

import (
	"context"
	"database/sql"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// book is the Book of one transaction on the ledger's database.
type book struct {
	l  *Ledger
	tx *sql.Tx
}

func (b book) Account(ctx context.Context, c id.Client) (*Account, error) {
	return b.l.loadClient(ctx, b.tx, c)
}

func (b book) OpenAccount(ctx context.Context, c id.Client, person id.Person, generation []byte) (*Account, error) {
	return insertClient(ctx, b.tx, c, person, generation)
}

func (b book) Regenerate(ctx context.Context, _ id.Client, a *Account, generation []byte) error {
	return storeGeneration(ctx, b.tx, a.key, generation)
}

func (b book) Answered(ctx context.Context, c id.Command) (stream.Outcome, bool, error) {
	return repeated(ctx, b.tx, c)
}

func (b book) Folded(ctx context.Context, s id.Stream, kind id.Kind) (*Folded, error) {
	f, err := b.l.fold(ctx, b.tx, s, kind)
	return f, database.Fault(err)
}

func (b book) Placed(ctx context.Context, s id.Stream) ([]timeline.Row, error) {
	rows, err := timeline.Placed(ctx, b.tx, s)
	return rows, database.Fault(err)
}
