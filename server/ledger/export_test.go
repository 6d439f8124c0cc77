package ledger

// Queued counts what waits for the writer, so that tests can see to it that pushes share a commit.
func (l *Ledger) Queued() int { return len(l.queue) }
