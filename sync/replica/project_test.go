package replica_test

import "testing"

func TestHeadsOfAnotherFoldAreFetchedAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.close(t)
	b.raw(t, "replica.db", `UPDATE projection SET version = version + 1 WHERE name = 'fold'`)
	b.open(t)
	if cursors, err := b.Cursors(b.ctx); err != nil || len(cursors) != 0 {
		t.Fatalf("goes on from %v (%v) and not from a bootstrap", cursors, err)
	}
	b.wantSeq(t, in, 1) // what is here is shown meanwhile
}

func TestProjectionsOfAnotherVersionAreFoldedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.declared(t)
	b.close(t)
	b.raw(t, "replica.db", `DELETE FROM board; UPDATE projection SET version = version + 1 WHERE name = 'board'`)
	b.open(t)
	burning, _, err := b.Board(b.ctx, 1)
	if err != nil || len(burning) != 1 || burning[0].ID != in {
		t.Errorf("the board shows %+v, %v", burning, err)
	}
}
