package people_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// noon is when the tests begin, with a fraction of a second as real clocks have.
var noon = time.Date(2025, 11, 20, 12, 0, 0, 123_456_000, time.UTC)

// house is a server's secrets on a file of its own.
type house struct {
	*people.Store
	db   databasetest.DB
	path string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return openHouse(t, filepath.Join(t.TempDir(), "tsugi.db"))
}

func openHouse(t *testing.T, path string) *house {
	t.Helper()
	db := databasetest.Open(t, path, people.Schema)
	t.Cleanup(func() { _ = db.Close() })
	store, err := people.Open(t.Context(), db, noon)
	if err != nil {
		t.Fatal(err)
	}
	return &house{Store: store, db: db, path: path}
}

// tester is *testing.T or *rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

func (h *house) tx(t tester, work func(*sql.Tx) error) {
	t.Helper()
	if err := h.db.InTx(context.Background(), work); err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

func (h *house) invite(t tester, person, by id.Person, now time.Time) string {
	t.Helper()
	var code string
	h.tx(t, func(tx *sql.Tx) (err error) {
		code, _, err = h.Invite(context.Background(), tx, person, by, now)
		return err
	})
	return code
}

func (h *house) redeem(code, source string, now time.Time) (people.Invitation, error) {
	var got people.Invitation
	err := h.db.InTx(context.Background(), func(tx *sql.Tx) (err error) {
		got, err = h.Redeem(context.Background(), tx, code, source, now)
		return err
	})
	return got, err
}

// phone is an enrolled device as its owner holds it.
type phone struct {
	actor  id.Actor
	key    ed25519.PrivateKey
	tokens people.Tokens
}

func (h *house) enrol(t tester, now time.Time) phone {
	t.Helper()
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatalf("make key: %v", err)
	}
	p := phone{actor: id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}, key: key}
	h.tx(t, func(tx *sql.Tx) (err error) {
		device := people.Device{ID: p.actor.Device, Person: p.actor.Person, PublicKey: public, Created: now}
		if err := h.AddDevice(context.Background(), tx, device); err != nil {
			return err
		}
		p.tokens, err = h.Issue(context.Background(), tx, p.actor.Device, now)
		return err
	})
	return p
}

func (h *house) refresh(token string, key ed25519.PrivateKey, now time.Time) (people.Tokens, id.Actor, error) {
	return h.Refresh(context.Background(), people.Proof{Token: token, Signature: ed25519.Sign(key, id.RefreshMessage(token))}, now)
}

func wantKind(t tester, err error, kind fault.Kind) {
	t.Helper()
	f := fault.Find(err)
	if f == nil || f.Kind != kind {
		t.Fatalf("got %v, want a fault of kind %d", err, kind)
	}
	if f.Safe == "" || f.Do == "" {
		t.Fatalf("the fault %v does not say what is safe and what to do", err)
	}
}

func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	databasetest.Again(t)
}

func TestKeysOutliveARestart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.Keys()
	p := h.enrol(t, noon)
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	again := openHouse(t, h.path)
	after := again.Keys()
	if !before.Signing.Equal(after.Signing) || !bytes.Equal(before.Cursor, after.Cursor) {
		t.Error("the keys changed with a restart")
	}
	if len(after.Cursor) != 32 || bytes.Equal(after.Cursor, after.Signing.Seed()) {
		t.Error("the cursor key is not 32 bytes of its own")
	}
	if _, err := again.Verify(p.tokens.Access, noon); err != nil {
		t.Errorf("a token of before the restart: %v", err)
	}
	if other := newHouse(t).Keys(); other.Signing.Equal(after.Signing) {
		t.Error("two servers made the same key")
	}
}

func TestNoSecretLiesInTheFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	databasetest.File(t, h.db)
	code := h.invite(t, id.New[id.Person](), id.Person{}, noon)
	p := h.enrol(t, noon)
	next, _, err := h.refresh(p.tokens.Refresh, p.key, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(h.path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(file, p.actor.Device.Bytes()) {
		t.Fatal("the file was not written: the test looks at the wrong one")
	}
	for name, secret := range map[string]string{
		"code": code, "code without hyphen": code[:4] + code[5:],
		"first refresh token": p.tokens.Refresh, "second refresh token": next.Refresh, "access token": next.Access,
	} {
		if bytes.Contains(file, []byte(secret)) {
			t.Errorf("the file holds the %s", name)
		}
	}
}

func TestAddDeviceNamesEveryFaultyField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	err := h.db.InTx(t.Context(), func(tx *sql.Tx) error {
		return h.AddDevice(t.Context(), tx, people.Device{PublicKey: make([]byte, 31)})
	})
	f := fault.Find(err)
	if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 3 {
		t.Fatalf("got %v, want one Invalid fault with three fields", err)
	}
	p := h.enrol(t, noon)
	again := people.Device{ID: p.actor.Device, Person: p.actor.Person, PublicKey: make([]byte, 32), Created: noon}
	err = h.db.InTx(t.Context(), func(tx *sql.Tx) error { return h.AddDevice(t.Context(), tx, again) })
	wantKind(t, err, fault.Invalid)
}

func TestIssueNeedsAGoodDevice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	issue := func(device id.Device) error {
		return h.db.InTx(t.Context(), func(tx *sql.Tx) error {
			_, err := h.Issue(t.Context(), tx, device, noon)
			return err
		})
	}
	if err := issue(id.New[id.Device]()); !fault.Is(err, fault.NotFound) {
		t.Errorf("tokens for an unknown device: %v", err)
	}
	if err := issue(p.actor.Device); err == nil {
		t.Error("a device got a second family")
	}
	h.tx(t, func(tx *sql.Tx) error { return h.RevokeDevice(t.Context(), tx, p.actor.Device, noon) })
	if err := issue(p.actor.Device); !fault.Is(err, fault.NotFound) {
		t.Errorf("tokens for a revoked device: %v", err)
	}
}

func TestRevokedDeviceIsOutAtOnceAndStaysOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p, other := h.enrol(t, noon), h.enrol(t, noon)
	if _, err := h.Verify(p.tokens.Access, noon); err != nil { // now it is remembered as good
		t.Fatal(err)
	}
	rolledBack := errors.New("no")
	err := h.db.InTx(t.Context(), func(tx *sql.Tx) error {
		return errors.Join(h.RevokeDevice(t.Context(), tx, p.actor.Device, noon), rolledBack)
	})
	if !errors.Is(err, rolledBack) {
		t.Fatal(err)
	}
	if _, err := h.Verify(p.tokens.Access, noon); err != nil {
		t.Errorf("refused although the revocation was rolled back: %v", err)
	}
	h.tx(t, func(tx *sql.Tx) error {
		return errors.Join(h.RevokeDevice(t.Context(), tx, p.actor.Device, noon),
			h.RevokeDevice(t.Context(), tx, p.actor.Device, noon),
			h.RevokeDevice(t.Context(), tx, id.New[id.Device](), noon))
	})
	h.Revoked(p.actor.Device)
	for _, store := range []*house{h, openHouse(t, h.path)} {
		_, err = store.Verify(p.tokens.Access, noon)
		wantKind(t, err, fault.Unauthenticated)
		_, _, err = store.refresh(p.tokens.Refresh, p.key, noon)
		wantKind(t, err, fault.Unauthenticated)
		if !store.IsOut(p.actor.Device) || store.IsOut(other.actor.Device) {
			t.Error("not exactly the revoked device is out")
		}
		if _, err := store.Verify(other.tokens.Access, noon); err != nil {
			t.Errorf("another device: %v", err)
		}
	}
}
