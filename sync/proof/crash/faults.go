package crash

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/proof/disk"
)

// faults lets a disk fail now and then. Without chance it never does.
type faults struct {
	*rand.Rand
	count   int      // how often it failed for a while
	struck  int      // changes that it refused
	unclear []string // errors that do not say that it was the disk
}

// patience is how often a thing is tried before the proof gives up. No fault lasts that long.
const patience = 40

// maybe lets the disk fail, sometimes at once, sometimes in the middle of what comes.
func (f *faults) maybe(d *disk.Disk) {
	if f.Rand == nil || f.IntN(3) > 0 {
		return
	}
	f.end(d)
	f.count++
	d.Fail(disk.Fault{
		Trouble: []disk.Trouble{disk.Broken, disk.Full}[f.IntN(2)], After: f.IntN(12), Times: 1 + f.IntN(6),
		Short: f.IntN(2) * f.IntN(4096),
	})
}

// end lets the disk work again.
func (f *faults) end(d *disk.Disk) {
	f.struck += d.Struck()
	d.Fail(disk.Fault{})
}

// insist does a thing until it goes well, as a person does who is told that it did not. Every error must say that it was the
// disk. It returns how often it was tried.
func (f *faults) insist(ctx context.Context, d *disk.Disk, step func(context.Context) error) (int, error) {
	for tries := 1; ; tries++ {
		err := step(ctx)
		if err == nil {
			return tries, nil
		}
		if f.Rand == nil || tries == patience || ctx.Err() != nil {
			return tries, err
		}
		if d.Struck() == 0 {
			return tries, fmt.Errorf("with a disk that works: %w", err)
		}
		if !fault.Is(err, fault.Storage) {
			f.unclear = append(f.unclear, fmt.Sprintf("the disk failed, and this was told: %v", err))
		}
	}
}
