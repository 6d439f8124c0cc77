package proof_test

import (
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// BenchmarkPush is for profiles: server and callers share the process. The promise is measured by
// the bench, with processes of their own.
func BenchmarkPush(b *testing.B) {
	for _, followers := range []int{0, 200} {
		b.Run(strconv.Itoa(followers)+" followers", func(b *testing.B) { push(b, followers) })
	}
}

func push(b *testing.B, followers int) {
	const writers = 32
	dir := filepath.Join(b.TempDir(), "server")
	o, err := proof.OpenOffice(b.Context(), dir, "127.0.0.1:0", clock.NewSystem(), proof.Quiet())
	if err != nil {
		b.Fatal(err)
	}
	defer o.Close() //nolint:errcheck // a benchmark
	c, err := proof.Call(b.Context(), must(proof.InviteFrom(b.Context(), dir, "Bench", true)), clock.NewSystem())
	if err != nil {
		b.Fatal(err)
	}
	readers, err := c.Follow(b.Context(), followers, func() {})
	if err != nil {
		b.Fatal(err)
	}
	defer readers.Close()
	var all sync.WaitGroup
	b.ResetTimer()
	for i := range writers {
		all.Go(func() {
			w := c.NewWriter()
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
}
