package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/sqlite"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// How much is searched in.
const (
	searchDocuments = 100_000
	searchEach      = 100 // of one incident
)

// typed is what people type; every beginning of it is a search.
func typed() []string {
	return []string{
		"checkout timeout", "disk full db-7", "queue grows", "the payment provider answers slowly", "restarted node 17", `"no space left"`,
		"#service-3 failover", "is:burning latency", "is:closed rollback", "sev:1 database", "by:writer-3 certificate", "after:2026-03 cache",
		"before:2026-02-01 deploy", "in:INC-214 memory", "kafka -test lag", "INC-77", "customers in region eu-west report errors", "a", "e", "s",
	}
}

// story makes the texts of the search's history: common words and rare ones, as people use them.
type story struct {
	chance *rand.Rand
	zipf   *rand.Zipf
	words  []string
}

func newStory() *story {
	chance := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same texts in every run
	s := &story{chance: chance, words: strings.Fields(`the is of and to a in on for it we with queue node database checkout payment timeout disk full
	  restarted latency errors customers provider deploy rollback cache memory certificate kafka lag region failover space left slowly answers report grows
	  service cluster replica primary network router switch load balancer expired rate limit retry worker job stuck again now after before still seems`)}
	syllables := strings.Fields("ba co de fi ga hu ke lo mi na po ra se ti vu xa zo tri ster mon lan gra pel")
	for len(s.words) < 8000 {
		var word strings.Builder
		for range 2 + chance.IntN(3) {
			word.WriteString(syllables[chance.IntN(len(syllables))])
		}
		s.words = append(s.words, word.String())
	}
	s.zipf = rand.NewZipf(chance, 1.07, 4, uint64(len(s.words)-1))
	return s
}

func (s *story) text() string {
	return s.phrase(6+s.chance.IntN(20)) + fmt.Sprintf(" db-%d", s.chance.IntN(40))
}

func (s *story) phrase(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = s.words[s.zipf.Uint64()]
	}
	return strings.Join(out, " ")
}

// past is a history that no server has: its incidents, one behind the other in time.
type past struct {
	heads  []stream.Head
	events []stream.Stored
	texts  []string
}

// searchPast makes the history that is searched in; its last incidents burn.
func (b *Bench) searchPast() (past, error) {
	var p past
	s, at := newStory(), time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)
	incidents := searchDocuments / searchEach / b.Scale
	for n := range incidents {
		target, scope := id.New[id.Stream](), id.Everyone()
		var state stream.State = incident.Incident{}
		events := []incident.Event{incident.Declared{
			Title: s.phrase(5), Number: uint32(n + 1), Severity: 1, Tags: []string{fmt.Sprintf("service-%d", n%40)},
		}}
		for range searchEach - 2 {
			events = append(events, incident.Written{Entry: id.New[id.Entry](), Text: s.text()})
		}
		if n < incidents-bigBurning {
			events = append(events, incident.StatusChanged{To: incident.Closed, Reason: s.text()})
		}
		for k, e := range events {
			at = at.Add(time.Duration(s.chance.IntN(600)) * time.Second)
			env := id.Envelope{
				Stream: target, Kind: id.KindIncident, StreamSeq: uint64(k + 1), Scope: scope, ScopePos: uint64(len(p.events) + 1), Command: id.New[id.Command](),
				Actor: id.Actor{Person: id.Person{1, byte(s.chance.IntN(20))}}, Occurred: at, Received: at,
			}
			payload, err := wire.EncodeEvent(e)
			if err != nil {
				return p, err
			}
			if said, ok := e.(incident.Written); ok {
				p.texts = append(p.texts, said.Text)
			}
			state = stream.Apply(state, env, e)
			p.events = append(p.events, stream.Stored{Envelope: env, Payload: payload})
		}
		raw, err := wire.EncodeState(state)
		if err != nil {
			return p, err
		}
		p.heads = append(p.heads, stream.Head{
			Stream: target, Kind: id.KindIncident, Scope: scope, Seq: uint64(len(events)), Version: wire.FoldVersion, State: raw,
		})
	}
	return p, nil
}

// fill puts the history into a fresh replica in dir, as a server would: heads, then events, newest first.
func (p past) fill(ctx context.Context, b *Bench, dir string) (took time.Duration, err error) {
	r, err := replica.Open(ctx, dir, b.Clock)
	if err != nil {
		return 0, err
	}
	high := uint64(len(p.events))
	cursor := stream.Cursor{Scope: id.Everyone(), Pos: high, Hash: []byte{1}, Seal: []byte{2}}
	err = r.Bootstrap(ctx, replica.Snapshot{Heads: p.heads, Cursors: []stream.Cursor{cursor}})
	watch := b.stopwatch()
	for ; err == nil && high > 0; high -= min(high, 1000) {
		low := high - min(high, 1000)
		err = r.Filled(ctx, stream.Gap{Scope: id.Everyone(), High: high}, p.events[low:high], low)
	}
	return watch(), errors.Join(err, r.Close())
}

// search measures searching while typing.
func (b *Bench) search(ctx context.Context) ([]Row, error) {
	home, err := b.fresh("search")
	if err != nil {
		return nil, err
	}
	p, err := b.searchPast()
	if err != nil {
		return nil, err
	}
	say(b.Out, "  making a replica with %d documents\n", len(p.events))
	took, err := p.fill(ctx, b, home)
	if err != nil {
		return nil, err
	}
	own, best, err := b.typing(ctx, home)
	if err != nil {
		return nil, err
	}
	floor, err := b.rawTyping(ctx, home, p.texts)
	if err != nil {
		return nil, err
	}
	p99, raw99 := Percentile(own, 0.99), Percentile(floor, 0.99)
	both := func(list []time.Duration) string {
		return fmt.Sprintf("p50 %s, p99 %s", ms(Percentile(list, 0.5)), ms(Percentile(list, 0.99)))
	}
	return []Row{
		{
			Promise: fmt.Sprintf("search while typing, %d documents: p99 < 20 ms", len(p.events)), Measured: both(own),
			Limit: "raw FTS5, newest 30 row ids: " + both(floor), Ratio: times(float64(p99), float64(raw99)), Met: met(p99 < 20*time.Millisecond),
		},
		{
			Promise: "the same by relevance, on request", Measured: both(best), Limit: "-", Ratio: "-", Met: "no promise",
		},
		{
			Promise: "index kept while a history comes in, in process", Measured: fmt.Sprintf("%.0f events/s", float64(len(p.events))/took.Seconds()),
			Limit: "-", Ratio: "-", Met: "no promise",
		},
	}, nil
}

// typing types everything letter by letter, and measures from a key to what is shown: newest first, and by relevance.
func (b *Bench) typing(ctx context.Context, home string) (newest, best []time.Duration, err error) {
	s, err := session.Open(ctx, session.Options{Dir: home, Clock: b.Clock, Logger: Quiet(), Zone: time.UTC, Words: words.English()})
	if err != nil {
		return nil, nil, err
	}
	for _, m := range []struct {
		relevant bool
		into     *[]time.Duration
	}{{false, &newest}, {true, &best}} {
		err = eachKey(max(1, 5/b.Scale), func(text string) error {
			watch := b.stopwatch()
			_, err := s.Search(ctx, text, m.relevant)
			took := watch()
			*m.into = append(*m.into, took)
			if took > 20*time.Millisecond && !m.relevant {
				say(b.Out, "  slow: %q, %s\n", text, ms(took))
			}
			return err
		})
		if err != nil {
			return nil, nil, errors.Join(err, s.Close())
		}
		slices.Sort(*m.into)
	}
	return newest, best, s.Close()
}

// eachKey calls search with every beginning of what people type, some times over.
func eachKey(rounds int, search func(string) error) error {
	for range rounds {
		for _, text := range typed() {
			for i := range text {
				if err := search(text[:i+1]); err != nil {
					return fmt.Errorf("type %q: %w", text[:i+1], err)
				}
			}
		}
	}
	return nil
}

// rawTyping asks a bare FTS5 table for the same words, and reads nothing but row ids.
func (b *Bench) rawTyping(ctx context.Context, home string, texts []string) ([]time.Duration, error) {
	db, err := sqlite.Open(ctx, filepath.Join(home, "raw.db"))
	if err != nil {
		return nil, err
	}
	out, err := b.rawSearch(ctx, db, texts)
	slices.Sort(out)
	return out, errors.Join(err, db.Close())
}

func (b *Bench) rawSearch(ctx context.Context, db *sqlite.DB, texts []string) ([]time.Duration, error) {
	if _, err := db.Write.ExecContext(ctx, `CREATE VIRTUAL TABLE raw USING fts5 (text, prefix = '2 3')`); err != nil {
		return nil, err
	}
	err := db.InTx(ctx, func(tx *sqlite.Tx) error {
		for _, text := range texts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO raw (text) VALUES (?)`, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []time.Duration
	return out, eachKey(max(1, 5/b.Scale), func(text string) error {
		question := bare(text)
		if question == "" {
			return nil
		}
		watch := b.stopwatch()
		defer func() { out = append(out, watch()) }()
		rows, err := db.Read.QueryContext(ctx, `SELECT rowid FROM raw WHERE raw MATCH ? ORDER BY rowid DESC LIMIT 30`, question)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // the error is in rows.Err
		for rows.Next() {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// bare returns the words of what is typed, without filters, as FTS5 wants them.
func bare(text string) string {
	var out []string
	for word := range strings.FieldsSeq(text) {
		if word = strings.Trim(word, `"-`); word != "" && !strings.ContainsAny(word, "#:") {
			out = append(out, `"`+word+`"`)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, " ") + "*"
}
