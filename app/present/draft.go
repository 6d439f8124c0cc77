package present

import (
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Draft is what somebody began to write in a room and has not sent.
type Draft struct {
	Words  string
	Update bool                  // meant for everybody who waits for news
	Entry  id.Entry              // whose words it replaces; zero for an entry of its own
	New    id.Entry              // the entry of its own that it becomes; zero where it is not one alone
	Files  []incident.Attachment // to be sent along; they are on this device
	Aside  *Draft                // what was being written when the replacing began
}

// Empty reports whether there is nothing to keep.
func (d Draft) Empty() bool {
	return d.Words == "" && d.Entry.IsZero() && len(d.Files) == 0 && (d.Aside == nil || d.Aside.Empty())
}

// Without returns the draft without what is gone: words for an entry that was erased, and what is an entry already. What
// was put aside for it takes its place.
func (d Draft) Without(erased, stored func(id.Entry) bool) Draft {
	aside := Draft{}
	if d.Aside != nil {
		aside = d.Aside.Without(erased, stored)
		d.Aside = nil
	}
	if !d.Entry.IsZero() && erased(d.Entry) || !d.New.IsZero() && stored(d.New) {
		return aside
	}
	if !aside.Empty() {
		d.Aside = &aside
	}
	return d
}
