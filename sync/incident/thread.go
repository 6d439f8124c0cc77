package incident

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Told is one event of an incident with what the log wrote on it.
type Told struct {
	At    id.Envelope
	Event Event
}

// Entry is what became of one entry after it was written.
type Entry struct {
	Author      id.Person
	Text        string
	Attachments []Attachment
	Occurred    time.Time // corrected, where somebody did
	Corrected   bool
	Edits       int
	Edited      time.Time // the last time; zero if never
	Erased      bool
	ErasedBy    id.Person
}

// Thread returns what became of the entries that were written in events, which are in order and without a
// hole at their end. An edit by anybody but the author counts for nothing: that rule lives here and not in
// Decide, because an incident's state would otherwise have to hold every entry's author.
func Thread(events []Told) map[id.Entry]Entry {
	out := map[id.Entry]Entry{}
	for _, t := range events {
		Retell(out, t)
	}
	return out
}

// Retell notes in known what the next event did to an entry: it is one step of Thread.
func Retell(known map[id.Entry]Entry, t Told) {
	switch e := t.Event.(type) {
	case Written:
		if _, again := known[e.Entry]; !again { // the first to use an id keeps it
			known[e.Entry] = Entry{
				Author: t.At.Actor.Person, Text: e.Text, Attachments: e.Attachments, Occurred: t.At.Occurred, Erased: !e.Was.IsZero(),
			}
		}
	case UpdateImported:
		known[e.Entry] = Entry{Text: e.Body, Occurred: t.At.Occurred, Erased: !e.Was.IsZero()}
	default:
		retell(known, t)
	}
}

// retell notes what one event did to an entry that is known.
func retell(known map[id.Entry]Entry, t Told) {
	switch e := t.Event.(type) {
	case Edited:
		if have, ok := known[e.Entry]; ok && have.Author == t.At.Actor.Person && !have.Author.IsZero() && !have.Erased && e.Was.IsZero() {
			have.Text, have.Edited, have.Edits = e.Text, t.At.Occurred, have.Edits+1
			known[e.Entry] = have
		}
	case Erased:
		if have, ok := known[e.Entry]; ok {
			have.Text, have.Attachments, have.Erased, have.ErasedBy = "", nil, true, t.At.Actor.Person
			known[e.Entry] = have
		}
	case TimeCorrected:
		if have, ok := known[e.Entry]; ok {
			have.Occurred, have.Corrected = e.At, true
			known[e.Entry] = have
		}
	}
}

// Blanked returns what is kept of an event once the entry whose words it holds is erased: all that folding
// needs, and none of the words. It is false for an event that holds none. was is the SHA-256 of the event
// as it is stored.
func Blanked(e Event, entry id.Entry, was id.Content) (Event, bool) {
	switch e := e.(type) {
	case Written:
		return Written{Entry: e.Entry, Update: e.Update, Was: was}, e.Entry == entry && e.Was.IsZero()
	case Edited:
		return Edited{Entry: e.Entry, Was: was}, e.Entry == entry && e.Was.IsZero()
	case UpdateImported:
		blank := e
		blank.Body, blank.Was = "", was
		return blank, e.Entry == entry && e.Was.IsZero()
	default:
		return nil, false
	}
}

// Wordless returns what is kept of a command once the entry whose words it holds is erased. It is false for a
// command that holds none.
func Wordless(c any, entry id.Entry) (Command, bool) {
	switch c := c.(type) {
	case Write:
		return Write{Entry: c.Entry, Update: c.Update}, c.Entry == entry
	case Edit:
		return Edit{Entry: c.Entry}, c.Entry == entry
	default:
		return nil, false
	}
}

// Worded returns the entry whose words a command holds. It is false for a command that holds none.
func Worded(c any) (id.Entry, bool) {
	switch c := c.(type) {
	case Write:
		return c.Entry, true
	case Edit:
		return c.Entry, true
	default:
		return id.Entry{}, false
	}
}
