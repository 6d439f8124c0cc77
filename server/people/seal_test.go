package people_test

import (
	"database/sql"
	"reflect"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
)

func newSeal(t *testing.T) *people.Seal {
	t.Helper()
	text, err := people.NewSealKey()
	if err != nil {
		t.Fatal(err)
	}
	seal, err := people.OpenSeal(text)
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

// Whoever has a copy of the database and not the seal key has no keys; whoever has both goes on as before.
func TestKeysAreSealed(t *testing.T) {
	t.Parallel()
	if !databasetest.OnPostgres() {
		t.Skip("a file's keys are protected by its folder")
	}
	h := newHouse(t) // its keys lie plain
	seal := newSeal(t)
	open := func(seal *people.Seal) (*people.Store, error) {
		return people.OpenSealed(t.Context(), h.db, seal, noon.Add(time.Hour))
	}
	for range 2 { // sealing, then opening
		s, err := open(seal)
		if err != nil || !reflect.DeepEqual(s.Keys(), h.Keys()) {
			t.Fatalf("other keys: %v", err)
		}
	}
	plain := func() (n int) {
		t.Helper()
		if err := h.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM secret_key WHERE secret IS NOT NULL").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := plain(); n != 0 {
		t.Errorf("%d keys are not sealed", n)
	}
	for name, other := range map[string]*people.Seal{"none": nil, "another": newSeal(t)} {
		if _, err := open(other); !fault.Is(err, fault.Invalid) {
			t.Errorf("with seal key %s: %v", name, err)
		}
	}
	h.tx(t, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE secret_key SET sealed = (SELECT sealed FROM secret_key WHERE purpose = 'refresh') WHERE purpose = 'cursor'`)
		return err
	})
	if _, err := open(seal); !fault.Is(err, fault.Invalid) {
		t.Errorf("one key passes for another: %v", err)
	}
	h.tx(t, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `DELETE FROM secret_key`)
		return err
	})
	if _, err := open(seal); err != nil || plain() != 0 {
		t.Errorf("keys that are made sealed: %v, %d are not", err, plain())
	}
}

func TestASealKeyIsAKeyset(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", "hunter2", `{"primaryKeyId":1,"key":[]}`} {
		if _, err := people.OpenSeal([]byte(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
