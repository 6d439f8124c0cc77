package sim

// Tally counts what was reached.
type Tally map[Reached]int

// Reached names something that runs must have met, or they show nothing about it.
type Reached string

// What runs must have met.
const (
	Rejected      Reached = "REJECTED"
	Conflict      Reached = "CONFLICT"
	OutOfOrder    Reached = "OUT_OF_ORDER"
	Reset         Reached = "RESET"
	Gap           Reached = "gap"
	Doubled       Reached = "doubled push"
	Between       Reached = "crash between commit and answer"
	Fork          Reached = "fork"
	Restored      Reached = "restore"
	Copied        Reached = "copied outbox noticed"
	Poisoned      Reached = "poison"
	Dropped       Reached = "message dropped"
	Reordered     Reached = "message overtaken"
	OneWay        Reached = "one-way partition"
	ClientCrashed Reached = "client crashed at a store step"
	ServerCrashed Reached = "server crashed"
	DiskFailed    Reached = "client's disk failed"
	CopyLost      Reached = "copy lost"
	Jumped        Reached = "clock jumped or rebooted"
	Unknown       Reached = "event of a later version kept"
	Upgraded      Reached = "client or server upgraded"
	Merged        Reached = "incident merged"
	Refetched     Reached = "bootstrap"
	Filled        Reached = "gap filled"
	Grouped       Reached = "several pushes in one commit"
	Renumbered    Reached = "outbox renumbered"
	Offered       Reached = "all that is kept offered again"
	Unread        Reached = "command of a later version"
	Private       Reached = "incident declared private"
	Concealed     Reached = "incident concealed"
	Revealed      Reached = "incident revealed"
	Grant         Reached = "grant"
	Revoke        Reached = "revoke"
	RevokePending Reached = "revoke with pending commands"
	Purge         Reached = "purge"
	Waited        Reached = "purge put off, because a restored log may lack the incident"
	Gone          Reached = "command gone with its incident"
	Hidden        Reached = "command answered as if its incident did not exist"
	Erased        Reached = "entry erased"
	Backfilled    Reached = "backfill"
	Failover      Reached = "client moved to another node"
	NodeKilled    Reached = "node killed between commit and answer"
	NotHeard      Reached = "commit of which its node did not hear"
	TakenIn       Reached = "commits of other nodes taken in"
	Histories     Reached = "incident of which an order of all that was seen is right"
	Ordered       Reached = "command in it"
	Unheard       Reached = "of these, without an answer that was heard"
	Reads         Reached = "read in it"
)

// All returns everything that a series of runs must have met.
func All() []Reached {
	return []Reached{
		Rejected, Conflict, OutOfOrder, Reset, Gap, Doubled, Between, Fork, Restored, Copied, Poisoned, Dropped, Reordered, OneWay,
		ClientCrashed, ServerCrashed, DiskFailed, CopyLost, Jumped, Unknown, Upgraded, Merged, Refetched, Filled, Grouped, Renumbered,
		Offered, Unread, Private, Concealed, Revealed, Grant, Revoke, RevokePending, Purge, Waited, Gone, Hidden, Erased, Backfilled, Failover,
		NodeKilled, NotHeard, TakenIn, Histories, Ordered, Unheard, Reads,
	}
}

// Add counts another run's as well.
func (t Tally) Add(other Tally) {
	for what, n := range other {
		t[what] += n
	}
}

// Missing returns what was never met.
func (t Tally) Missing() []Reached {
	var out []Reached
	for _, what := range All() {
		if t[what] == 0 {
			out = append(out, what)
		}
	}
	return out
}
