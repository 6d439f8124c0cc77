package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/database"
	"github.com/tsugi-app/tsugi/server/postgres"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// world is everything that one client holds.
type world map[id.Incident]replica.Timeline

// judge starts the server and all clients once more, waits until they hold the same, and compares
// that with what was shown as stored.
func (s *scene) judge(ctx context.Context) error {
	desks, closed := []*Desk{}, false
	closing := func() (err error) {
		for _, d := range desks {
			err = errors.Join(err, d.Close())
		}
		closed = true
		return err
	}
	defer func() {
		if !closed {
			_ = closing() // what it was judged by says more
		}
	}()
	for i := range killed {
		d, err := OpenDesk(ctx, s.desk(i), s.Clock, Quiet())
		if err != nil {
			return err
		}
		desks = append(desks, d)
	}
	asked, err := s.offline(ctx, desks)
	if err != nil {
		return err
	}
	quit, err := s.reopen(ctx)
	if err != nil {
		return err
	}
	w, err := s.judgeOpen(ctx, desks, asked)
	if err = errors.Join(err, closing(), quit()); err != nil {
		return err
	}
	return s.judgeClosed(ctx, w)
}

// reopen starts what serves once more, in this process, and returns what ends it.
func (s *scene) reopen(ctx context.Context) (quit func() error, err error) {
	if s.cluster != nil {
		return s.cluster.reopen(ctx, s)
	}
	o, err := OpenOffice(ctx, s.server, s.listen, s.Clock, Quiet())
	if err != nil {
		return nil, err
	}
	return o.Close, nil
}

// judgeOpen compares what the clients show with what was shown as stored, and returns what they all show.
func (s *scene) judgeOpen(ctx context.Context, desks []*Desk, asked []map[id.Content]bool) (world, error) {
	worlds, err := s.gather(ctx, desks)
	if err != nil {
		return nil, err
	}
	for i, w := range worlds[1:] {
		s.compare(fmt.Sprintf("client 0 and client %d", i+1), worlds[0], w)
	}
	s.refold(worlds[0])
	for i, d := range desks {
		if err := s.account(worlds[0], d, s.desk(i)); err != nil {
			return nil, err
		}
	}
	if err := s.accountFiles(worlds[0]); err != nil {
		return nil, err
	}
	if err := s.arrive(ctx, worlds[0], desks, asked); err != nil {
		return nil, err
	}
	if err := s.passages(); err != nil {
		return nil, err
	}
	if err := s.histories(worlds, desks); err != nil {
		return nil, err
	}
	return worlds[0], s.vanish(ctx, worlds[0], desks)
}

// judgeClosed looks into the folders of the server and the clients once everything has ended.
func (s *scene) judgeClosed(ctx context.Context, w world) error {
	left, err := s.remains(w)
	if err != nil {
		return err
	}
	for _, l := range left {
		s.result.Files.Remains = append(s.result.Files.Remains, l+", after all was closed")
	}
	db, err := s.database(ctx)
	if err != nil {
		return err
	}
	err = s.stored(ctx, db, w)
	if err == nil && s.cluster != nil {
		err = s.cluster.whole(ctx, db, w)
	}
	return errors.Join(err, db.Close())
}

// stores is a server's database.
type stores interface {
	database.DB
	io.Closer
}

// database opens what the servers stored in, which have ended.
func (s *scene) database(ctx context.Context) (stores, error) {
	if s.cluster != nil {
		return postgres.Open(ctx, s.cluster.postgres.URL())
	}
	return sqlite.Open(ctx, filepath.Join(s.server, "tsugi.db"))
}

// gather waits until every client holds every event of the server, and reads it all.
func (s *scene) gather(ctx context.Context, desks []*Desk) ([]world, error) {
	api := rpc.DialControl(s.server)
	defer api.Close()
	census, err := api.Describe(ctx)
	if err != nil {
		return nil, err
	}
	s.result.Events = census.Shared
	var worlds []world
	for i, d := range desks {
		err := d.Await(ctx, func() (bool, error) {
			_, events, complete, err := d.Replica().Census(ctx)
			return complete && events == census.Shared && d.Replica().Unsent() == 0, err
		})
		if err != nil {
			_, events, complete, _ := d.Replica().Census(context.WithoutCancel(ctx))
			return nil, fmt.Errorf("client %d holds %d of %d events (complete: %v): %w", i, events, census.Shared, complete, err)
		}
		w, err := d.world(ctx)
		if err != nil {
			return nil, err
		}
		worlds = append(worlds, w)
	}
	return worlds, nil
}

// world reads everything that is shown.
func (d *Desk) world(ctx context.Context) (world, error) { return worldOf(ctx, d.Replica()) }

// worldOf reads everything that a replica shows.
func worldOf(ctx context.Context, r *replica.Replica) (world, error) {
	burning, others, err := r.Board(ctx, 1<<20)
	if err != nil {
		return nil, err
	}
	out := world{}
	for _, i := range append(burning, others...) {
		line, err := r.Timeline(ctx, i.ID, 1<<20)
		if err != nil {
			return nil, err
		}
		line.Reading = 0 // how often it was read anew is each client's own
		out[i.ID] = line
	}
	return out, nil
}

func (s *scene) compare(names string, a, b world) {
	if reflect.DeepEqual(a, b) {
		return
	}
	diff := cmp.Diff(a, b, cmp.Exporter(func(reflect.Type) bool { return true }))
	s.result.Differences = append(s.result.Differences, names+": "+diff[:min(len(diff), 2000)])
}

// refold checks that every state is the fold of all its events, and that none is missing or doubled.
func (s *scene) refold(w world) {
	for in, line := range w {
		state := stream.Zero(id.KindIncident)
		for i, l := range line.Lines {
			if l.StreamSeq != uint64(i)+1 {
				s.result.Differences = append(s.result.Differences, fmt.Sprintf("%s: event %d stands at place %d", in, l.StreamSeq, i+1))
			}
			state = stream.Apply(state, l.Envelope, l.Event)
		}
		if folded, _ := state.(incident.Incident); !reflect.DeepEqual(folded, line.Incident) {
			s.result.Differences = append(s.result.Differences, in.String()+": the head is not the fold: "+cmp.Diff(folded, line.Incident))
		}
	}
}

// lateAfter is from when on an entry counts as late in the result.
const lateAfter = 500 * time.Millisecond

// account checks that everything that a client showed as stored is there exactly once.
func (s *scene) account(w world, d *Desk, dir string) error {
	journal, err := readJournal(dir)
	if err != nil {
		return err
	}
	events := map[string][]replica.Line{}
	texts := map[string]int{}
	for _, line := range w {
		for _, l := range line.Lines {
			events[l.Command.String()] = append(events[l.Command.String()], l)
			if written, ok := l.Event.(incident.Written); ok {
				texts[written.Text]++
			}
		}
	}
	refused := map[string]replica.Pending{}
	for _, p := range d.Replica().Pending() {
		refused[p.ID.String()] = p
	}
	for _, stored := range journal {
		if stored.Erasing {
			continue
		}
		s.result.Commands++
		s.accountOne(stored, events[stored.Command], texts[stored.Text], refused)
	}
	return nil
}

func (s *scene) accountOne(stored Stored, caused []replica.Line, texts int, refused map[string]replica.Pending) {
	kinds := make([]string, len(caused))
	for i, l := range caused {
		kinds[i] = strings.TrimPrefix(fmt.Sprintf("%T", l.Event), "incident.")
		if l.Received.Sub(l.Occurred) >= lateAfter {
			s.result.Late++
		}
		s.waits = append(s.waits, l.Received.Sub(stored.Wall))
		if off := l.Occurred.Sub(stored.Wall).Abs(); off > time.Second && !slices.Contains(kinds, "Declared") {
			s.result.Differences = append(s.result.Differences, fmt.Sprintf("%s was written at %s and says %s", stored.Command, stored.Wall, l.Occurred))
		}
	}
	wanted := map[string]string{"incident.Declare": "Declared", "incident.Write": "Written"}[stored.Kind]
	_, asked := refused[stored.Command]
	if asked {
		s.result.Conflicts++
	}
	found := 0
	for _, k := range kinds {
		if k == wanted {
			found++
		}
	}
	switch {
	case wanted != "" && found == 0 && !asked:
		s.result.Lost = append(s.result.Lost, stored.Kind+" "+stored.Command+" "+stored.Text)
	case wanted != "" && found > 1, wanted == "Written" && texts > 1 && stored.Text != "":
		s.result.Doubled = append(s.result.Doubled, stored.Kind+" "+stored.Command+" "+stored.Text)
	case wanted == "" && len(caused) > 1:
		s.result.Doubled = append(s.result.Doubled, stored.Kind+" "+stored.Command)
	}
}

// ErrUnclean is returned when a proof found something.
var ErrUnclean = errors.New("the proof found something: see docs/proof")
