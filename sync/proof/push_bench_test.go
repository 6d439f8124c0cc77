package proof_test

import (
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// BenchmarkPush is for profiles: servers and callers share the process. The promise is measured by
// the bench, with processes of their own.
func BenchmarkPush(b *testing.B) {
	for _, followers := range []int{0, 200} {
		b.Run(strconv.Itoa(followers)+" followers", func(b *testing.B) { push(b, followers, alone(b)) })
	}
	for _, servers := range []int{1, 3} {
		b.Run(strconv.Itoa(servers)+" on PostgreSQL", func(b *testing.B) { push(b, 0, together(b, servers)...) })
	}
}

func alone(b *testing.B) *proof.Office {
	b.Helper()
	o, err := proof.OpenOffice(b.Context(), filepath.Join(b.TempDir(), "server"), "127.0.0.1:0", clock.NewSystem(), proof.Quiet())
	if err != nil {
		b.Fatal(err)
	}
	return o
}

// together returns servers on one PostgreSQL that loses nothing.
func together(b *testing.B, servers int) (all []*proof.Office) {
	b.Helper()
	url := databasetest.StartDurable(b)("bench")
	for i := range servers {
		o, err := proof.OpenNode(b.Context(), server.Options{
			Dir: filepath.Join(b.TempDir(), strconv.Itoa(i)), Database: url, Listen: "127.0.0.1:0", Clock: clock.NewSystem(), Logger: proof.Quiet(),
		})
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

func push(b *testing.B, followers int, offices ...*proof.Office) {
	const writers = 32
	var callers []*proof.Caller
	for _, o := range offices {
		defer o.Close() //nolint:errcheck // a benchmark
		c, err := proof.Call(b.Context(), must(proof.InviteFrom(b.Context(), o.Dir, "Bench", true)), clock.NewSystem())
		if err != nil {
			b.Fatal(err)
		}
		callers = append(callers, c)
	}
	readers, err := callers[0].Follow(b.Context(), followers, func() {})
	if err != nil {
		b.Fatal(err)
	}
	defer readers.Close()
	var all sync.WaitGroup
	b.ResetTimer()
	for i := range writers {
		all.Go(func() {
			w := callers[i%len(callers)].NewWriter()
			target, err := w.Declare(b.Context(), "incident "+strconv.Itoa(i))
			for n := 0; err == nil && n < b.N/writers; n++ {
				err = w.Push(b.Context(), target, proof.Words("db-7 is out of disk, writes stall since 09:58"))
			}
			if err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}
