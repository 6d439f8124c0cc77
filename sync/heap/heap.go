// Package heap keeps a program that needs little memory from looking for garbage all the time.
//
// Go collects when as much was allocated as is in use. A server that has five megabytes in use and sends a history is through with
// five megabytes within milliseconds, and half of its work is collecting.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much the programs allocate before anything is collected.
const (
	Desk   = 64 << 20 // a third of what its window takes
	Server = 32 << 20 // a third of what it may need with a thousand clients
)

const (
	usual = 100     // percent: what Go does by itself
	slack = 10      // percent by which a setting may be off before it is worth stopping the program for
	least = 4 << 20 // bytes that are allocated, at the usual percentage, before anything is collected; it grows with the percentage
)

// Floor lets the heap grow to that many bytes before anything is collected. A heap of which more than half of that is in use is
// collected as Go does by itself, when it has doubled: so a program that needs much needs no more than before. It does nothing
// where the environment sets GOGC. It works until the program ends.
func Floor(bytes uint64) {
	if os.Getenv("GOGC") != "" {
		return
	}
	f := &floor{bytes: bytes, set: usual, used: []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"},
	}}
	f.collected()
}

// floor is what is set. Only the goroutine that runs what follows a collection touches it.
type floor struct {
	bytes uint64
	used  []metrics.Sample
	set   int
}

// collected sets how far the heap may grow until the next collection, and has itself called after it: the marker is not in use, so
// that it is collected then.
func (f *floor) collected() {
	metrics.Read(f.used)
	live, stacks, globals := f.used[0].Value.Uint64(), f.used[1].Value.Uint64(), f.used[2].Value.Uint64()
	if want := percent(live, stacks+globals, f.bytes); want < f.set-f.set*slack/100 || want > f.set+f.set*slack/100 {
		debug.SetGCPercent(want)
		f.set = want
	}
	marker := new([16]byte) // smaller ones share a block with others, which may be in use for long
	runtime.AddCleanup(marker, (*floor).collected, f)
}

// percent returns how much may be allocated, beside what is live, before the next collection. Go counts it from what is live and from
// where it looks for what is: the stacks and the globals. Nothing is live before the first one.
func percent(live, roots, bytes uint64) int {
	if live >= bytes {
		return usual
	}
	return int(max(usual, (bytes-live)*usual/max(live+roots, least)))
}
