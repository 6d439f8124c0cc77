package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// quiet are effects that there are none of.
type quiet struct{}

func (quiet) Store(context.Context, *sqlite.Tx, []stream.Recorded, ledger.States) error { return nil }
func (quiet) Committed([]stream.Recorded)                                               {}

// concealed writes into the stopped server on dir: an incident that everybody sees, one that was concealed with words of it
// erased, and one that was revealed again.
func concealed(t *testing.T, dir string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	db, err := server.OpenDatabase(ctx, server.DatabasePath(dir))
	if err != nil {
		t.Fatal(err)
	}
	store, err := people.Open(ctx, db, clock.NewSystem().Now())
	if err != nil {
		t.Fatal(err)
	}
	log, err := ledger.Open(ctx, ledger.Options{
		DB: db, Clock: clock.NewSystem(), Effects: quiet{}, Logger: slog.New(slog.DiscardHandler), SealKey: store.Keys().Cursor, Sign: store.Keys().Signing,
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		log.Run(ctx)
	}()
	var ann id.Actor
	for p := range log.Setup().People {
		ann.Person = p
	}
	bad := incident.Write{Entry: id.New[id.Entry](), Text: "hunter2"}
	for _, further := range [][]incident.Command{
		nil, {bad, incident.Erase{Entry: bad.Entry, Reason: "a password"}, incident.Conceal{}}, {incident.Conceal{}, incident.Reveal{}},
	} {
		in := id.New[id.Stream]()
		for _, c := range append([]incident.Command{incident.Declare{Title: "Doors do not open"}}, further...) {
			_, err := log.Do(ctx, func(context.Context, *sqlite.Tx) (id.Actor, []stream.Submission, error) {
				return ann, []stream.Submission{{ID: id.New[id.Command](), Target: in, Command: c}}, nil
			})
			if err != nil {
				t.Fatalf("%T: %v", c, err)
			}
		}
	}
	cancel()
	<-ended
	if err := log.Close(); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// What went to another scope is verified, backed up, restored and moved to PostgreSQL with all the places that it left.
func TestPrivateIncidentsAreKeptWhereverTheirServerGoes(t *testing.T) {
	t.Parallel()
	dir, file := short(t), filepath.Join(t.TempDir(), "backup")
	invited(t, tsugid(t, dir, "invite", "Ann"))
	concealed(t, dir)
	good := func(args ...string) {
		t.Helper()
		if got := tsugid(t, dir, append(args, "verify")...); got.code != 0 || !strings.Contains(got.out, "6 places were left") || !strings.Contains(got.out, "1 erased") {
			t.Errorf("%+v", got)
		}
	}
	counted := func(args ...string) {
		t.Helper()
		if got := tsugid(t, dir, append(args, "describe")...); !strings.HasPrefix(got.out, "1 people, 2 incidents") && !strings.HasPrefix(got.out, "1 person, 2 incidents") {
			t.Errorf("%+v", got)
		}
	}
	good()
	counted()
	if got := tsugid(t, dir, "backup", file); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	dir = filepath.Join(short(t), "new")
	if got := tsugid(t, dir, "restore", file); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	good()
	counted()
	url := databasetest.Start(t)("private")
	if got := tsugid(t, dir, "migrate-to", url); got.code != 0 || !regexp.MustCompile(`(?m)^ +tombstone +6 +[0-9a-f]{16}$`).MatchString(got.out) {
		t.Fatalf("%+v", got)
	}
	good("--database", url)
	counted("--database", url)
	s := serve(t, dir, "--database", url)
	s.stop(t)
	good("--database", url)
}
