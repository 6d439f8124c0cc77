package people_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

func TestRefreshGivesANewPair(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	seen := map[string]bool{p.tokens.Refresh: true, p.tokens.Access: true}
	later := noon
	for range 20 {
		later = later.Add(people.AccessLife)
		next, actor, err := h.refresh(p.tokens.Refresh, p.key, later)
		if err != nil {
			t.Fatal(err)
		}
		access, err := h.Verify(next.Access, later)
		if err != nil || access.Actor != p.actor || actor != p.actor {
			t.Fatalf("the new access is for %v, %v (%v), want %v", access.Actor, actor, err, p.actor)
		}
		if seen[next.Refresh] || seen[next.Access] {
			t.Fatal("a token came twice")
		}
		seen[next.Refresh], seen[next.Access] = true, true
		p.tokens = next
	}
}

func TestALostAnswerDoesNotLockOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	var answers []people.Tokens
	for range 30 { // the same token, again and again
		next, _, err := h.refresh(p.tokens.Refresh, p.key, noon)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, next)
	}
	// Whichever answer arrived in the end is good, also one that was overtaken.
	next, _, err := h.refresh(answers[7].Refresh, p.key, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.refresh(answers[7].Refresh, p.key, noon); err != nil {
		t.Errorf("the former, before the new one is used: %v", err)
	}
	if _, _, err := h.refresh(next.Refresh, p.key, noon); err != nil {
		t.Error(err)
	}
}

func TestOldTokenInOtherHandsEndsTheFamily(t *testing.T) {
	t.Parallel()
	for name, show := range map[string]func(h *house, p phone, dead, present string) error{
		"a token before the former, with the right key": func(h *house, p phone, dead, _ string) error {
			_, _, err := h.refresh(dead, p.key, noon)
			return err
		},
		"the present token, with another key": func(h *house, _ phone, _, present string) error {
			_, _, err := h.refresh(present, otherKey(), noon)
			return err
		},
		"a dead token, with another key": func(h *house, _ phone, dead, _ string) error {
			_, _, err := h.refresh(dead, otherKey(), noon)
			return err
		},
		"the present token, not signed": func(h *house, _ phone, _, present string) error {
			_, _, err := h.Refresh(context.Background(), people.Proof{Token: present}, noon)
			return err
		},
		"the present token, signed for something else": func(h *house, p phone, _, present string) error {
			_, _, err := h.Refresh(context.Background(), people.Proof{Token: present, Signature: ed25519.Sign(p.key, []byte(present))}, noon)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			p, bystander := h.enrol(t, noon), h.enrol(t, noon)
			dead := p.tokens.Refresh
			for range 2 {
				next, _, err := h.refresh(p.tokens.Refresh, p.key, noon)
				if err != nil {
					t.Fatal(err)
				}
				p.tokens = next
			}
			wantKind(t, show(h, p, dead, p.tokens.Refresh), fault.Unauthenticated)
			for _, store := range []*house{h, openHouse(t, h.path)} { // and after a restart
				_, _, err := store.refresh(p.tokens.Refresh, p.key, noon)
				wantKind(t, err, fault.Unauthenticated)
				_, err = store.Verify(p.tokens.Access, noon)
				wantKind(t, err, fault.Unauthenticated)
			}
			if _, _, err := h.refresh(bystander.tokens.Refresh, bystander.key, noon); err != nil {
				t.Errorf("another device: %v", err)
			}
		})
	}
}

func TestGarbageChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	good := p.tokens.Refresh
	flipped := []byte(good)
	flipped[20] ^= 1
	foreign := newHouse(t).enrol(t, noon)
	raw, err := base64.RawURLEncoding.DecodeString(good[len("tsugi_refresh_"):])
	if err != nil {
		t.Fatal(err)
	}
	raw[23]++ // the last byte of its number
	for name, token := range map[string]string{
		"empty": "", "prefix": "tsugi_refresh_", "short": good[:len(good)-1], "long": good + "A", "twice": good + good,
		"flipped": string(flipped), "another server's": foreign.tokens.Refresh, "access": p.tokens.Access,
		"line feeds": good[:len(good)-4] + "\n\n\n\n", "huge": strings.Repeat("A", 1<<20), "not UTF-8": "\xff",
		"upper case": strings.ToUpper(good), "another number": "tsugi_refresh_" + base64.RawURLEncoding.EncodeToString(raw),
		"zeros": "tsugi_refresh_" + strings.Repeat("A", len(good)-14),
	} {
		for _, key := range []ed25519.PrivateKey{p.key, otherKey()} {
			_, _, err := h.refresh(token, key, noon)
			if !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, _, err := h.refresh(good, p.key, noon); err != nil {
		t.Errorf("the good token, after all that: %v", err)
	}
}

// TestARestoredServerKnowsItsOwnTokens restores the file of an hour ago: whoever refreshed since
// holds a token that the server has forgotten, and must not be taken for a thief.
func TestARestoredServerKnowsItsOwnTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p, lost := h.enrol(t, noon), h.enrol(t, noon)
	if _, err := databasetest.File(t, h.db).Write.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	backup, err := os.ReadFile(h.path)
	if err != nil {
		t.Fatal(err)
	}
	young := h.enrol(t, noon)
	for range 6 {
		next, _, err := h.refresh(p.tokens.Refresh, p.key, noon)
		if err != nil {
			t.Fatal(err)
		}
		p.tokens = next
		if next, _, err = h.refresh(lost.tokens.Refresh, lost.key, noon); err != nil {
			t.Fatal(err)
		}
		lost.tokens = next
	}
	if _, _, err := h.refresh(lost.tokens.Refresh, lost.key, noon); err != nil { // and this answer is lost
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "restored.db")
	if err := os.WriteFile(path, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	restored := openHouse(t, path)
	for name, p := range map[string]phone{"a device": p, "a device that lost an answer": lost} {
		dead := p.tokens.Refresh
		for range 3 {
			next, _, err := restored.refresh(p.tokens.Refresh, p.key, noon)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			p.tokens = next
		}
		_, _, err := restored.refresh(dead, p.key, noon)
		wantKind(t, err, fault.Unauthenticated)
		_, _, err = restored.refresh(p.tokens.Refresh, p.key, noon)
		wantKind(t, err, fault.Unauthenticated)
	}
	_, _, err = restored.refresh(young.tokens.Refresh, young.key, noon)
	wantKind(t, err, fault.Unauthenticated) // enrolled after the backup
}

func TestADiskFaultRefusesNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.refresh(p.tokens.Refresh, p.key, noon); err == nil || fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the closed database was met with %v", err)
	}
	again := openHouse(t, h.path)
	if _, _, err := again.refresh(p.tokens.Refresh, p.key, noon); err != nil {
		t.Error(err)
	}
}

func otherKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

// model is what Refresh promises, told with sets of tokens in place of numbers.
type model struct {
	former string
	live   map[string]bool
	ended  bool
}

func (m *model) use(token string) bool {
	switch {
	case m.ended:
		return false
	case m.live[token]:
		m.former, m.live = token, map[string]bool{}
	case token != m.former:
		m.ended = true
		return false
	}
	return true
}

// story is one device, and whoever copied it.
type story struct {
	house  *house
	model  model
	key    ed25519.PrivateKey
	owner  string // the refresh token that the rightful device holds
	thief  string // the one that the thief holds, or nothing
	stolen bool   // somebody else has used a token
}

// refresh trades token and checks the answer against the model. It returns what arrived, which is
// the old token where the answer was lost.
func (s *story) refresh(t *rapid.T, token string, lost bool) string {
	next, _, err := s.house.refresh(token, s.key, noon)
	if good := s.model.use(token); good != (err == nil) {
		t.Fatalf("the model says good=%v, the store %v", good, err)
	}
	if err != nil {
		wantKind(t, err, fault.Unauthenticated)
		if !s.stolen {
			t.Fatalf("the rightful device was locked out by lost answers alone: %v", err)
		}
		return token
	}
	s.model.live[next.Refresh] = true
	if lost {
		return token
	}
	return next.Refresh
}

// TestProperty plays random lives of a device. Lost answers alone never lock it out. A key that is
// not its own ends the family at once, and so do two holders of a copy that both go on.
func TestProperty(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rapid.Check(t, func(t *rapid.T) {
		p := h.enrol(t, noon)
		s := &story{
			house: h, key: p.key, owner: p.tokens.Refresh,
			model: model{live: map[string]bool{p.tokens.Refresh: true}},
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if _, err := h.Verify(p.tokens.Access, noon); (err == nil) == s.model.ended {
					t.Fatalf("ended=%v, but access: %v", s.model.ended, err)
				}
			},
			"refresh":      func(t *rapid.T) { s.owner = s.refresh(t, s.owner, false) },
			"lose":         func(t *rapid.T) { s.owner = s.refresh(t, s.owner, true) },
			"overtake":     s.overtake,
			"garbage":      s.garbage,
			"copy":         func(*rapid.T) { s.thief = s.owner },
			"thief":        s.steal,
			"thief loses":  s.stealAndLose,
			"another key":  s.anotherKey,
			"both go on":   s.bothGoOn,
			"restart":      s.restart,
			"another life": func(t *rapid.T) { h.enrol(t, noon) },
		})
	})
}

func (s *story) overtake(t *rapid.T) {
	first := s.refresh(t, s.owner, false)
	s.refresh(t, s.owner, true)
	s.owner = first
}

func (s *story) garbage(t *rapid.T) {
	_, _, err := s.house.refresh(rapid.String().Draw(t, "token"), s.key, noon)
	wantKind(t, err, fault.Unauthenticated)
}

func (s *story) steal(t *rapid.T) {
	if s.thief == "" {
		t.Skip("nothing was copied")
	}
	s.stolen = true
	s.thief = s.refresh(t, s.thief, false)
}

func (s *story) stealAndLose(t *rapid.T) {
	if s.thief == "" {
		t.Skip("nothing was copied")
	}
	s.stolen = true
	s.refresh(t, s.thief, true)
}

func (s *story) anotherKey(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "seldom") > 0 {
		t.Skip("it would end every story at once")
	}
	s.stolen, s.model.ended = true, true
	_, _, err := s.house.refresh(s.owner, otherKey(), noon)
	wantKind(t, err, fault.Unauthenticated)
}

// bothGoOn lets owner and thief refresh twice each, in any order.
func (s *story) bothGoOn(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "seldom") > 0 {
		t.Skip("it would end every story at once")
	}
	s.thief, s.stolen = s.owner, true
	for _, thief := range rapid.Permutation([]bool{true, true, false, false}).Draw(t, "order") {
		if thief {
			s.thief = s.refresh(t, s.thief, false)
		} else {
			s.owner = s.refresh(t, s.owner, false)
		}
	}
	if !s.model.ended {
		t.Fatalf("two went on with one copy, and nobody noticed")
	}
	s.refresh(t, s.owner, false)
	s.refresh(t, s.thief, false)
}

func (s *story) restart(t *rapid.T) {
	store, err := people.Open(context.Background(), s.house.db, noon.Add(time.Hour))
	if err != nil {
		t.Fatalf("open again: %v", err)
	}
	s.house.Store = store
}

func FuzzRefresh(f *testing.F) {
	f.Add("tsugi_refresh_", []byte{})
	f.Add("tsugi_refresh_"+strings.Repeat("A", 75), make([]byte, ed25519.SignatureSize))
	h := fuzzHouse(f)
	f.Fuzz(func(t *testing.T, token string, signature []byte) {
		_, _, err := h.Refresh(t.Context(), people.Proof{Token: token, Signature: signature}, noon)
		if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q was met with %v", token, err)
		}
	})
}

func fuzzHouse(f *testing.F) *house {
	f.Helper()
	path := filepath.Join(f.TempDir(), "tsugi.db")
	db := databasetest.Open(f, path, people.Schema)
	f.Cleanup(func() { _ = db.Close() })
	store, err := people.Open(f.Context(), db, noon)
	if err != nil {
		f.Fatal(err)
	}
	return &house{Store: store, db: db, path: path}
}

func TestRefreshMessageIsGoodForNothingElse(t *testing.T) {
	t.Parallel()
	if got := string(id.RefreshMessage("abc")); got != "tsugi-refresh\x00abc" {
		t.Errorf("got %q", got)
	}
}
