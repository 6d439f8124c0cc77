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
	Files  []incident.Attachment // to be sent along; they are on this device
	Aside  *Draft                // what was being written when the replacing began
}

// Empty reports whether there is nothing to keep.
func (d Draft) Empty() bool {
	return d.Words == "" && d.Entry.IsZero() && len(d.Files) == 0 && (d.Aside == nil || d.Aside.Empty())
}
