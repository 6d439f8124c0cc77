package proof_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/link"
	"github.com/tsugi-app/tsugi/sync/proof"
)

// deaf is a line on which the answer to the first enrolment is lost: the server has carried it out.
type deaf struct {
	http.RoundTripper
	lost atomic.Bool
}

// RoundTrip sends on.
func (d *deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.URL.Path, "/Enrol") && !d.lost.Swap(true) {
		return nil, errors.Join(errors.New("the line was cut"), resp.Body.Close())
	}
	return resp, err
}

// The only admin was enrolled after the backup, and the answer to her coming back is lost: the server knows her, and
// her desk does not know that. Another code, made on the server for her name, lets her in as who she was, with all
// that she keeps, files too.
func TestTheOnlyAdminComesBackThoughTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	b := setupFor(t, time.Minute)
	in := b.shared(t)
	path := b.save(t)
	ada := b.admin(t)
	b.settled(t, ada, in, 1)
	file := b.attach(t, ada, "graph.txt", []byte(strings.Repeat("a graph ", 50_000)))
	b.change(t, ada, in, incident.Write{Entry: id.New[id.Entry](), Text: "see the graph", Attachments: []incident.Attachment{file}})
	b.settled(t, ada, in, 3, b.ann, b.bob) // she joins
	b.awaitFile(t, ada, file.Content, here)
	was := person(ada)
	if err := ada.Close(); err != nil {
		t.Fatal(err)
	}
	address := b.stop(t)
	b.restore(t, path)
	b.open(t, address)
	ada = b.over(t, "Ada", &deaf{RoundTripper: link.Transport()})
	b.reach(t, ada, present.ShutOut)

	for try := range 2 {
		code, err := proof.InviteFrom(b.ctx, b.office.Dir, "Ada", true)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.tryEnrol(ada, code); (err == nil) != (try == 1) {
			t.Fatalf("try %d: %v", try, err)
		}
	}
	b.settled(t, ada, in, 3, b.ann, b.bob)
	if _, there := b.bob.Replica().Setup().People[was]; person(ada) != was || !there {
		t.Errorf("she was %s and is %s", was, person(ada))
	}
	if n := strings.Count(strings.Join(b.texts(t, b.bob, in), "\n"), "see the graph"); n != 1 {
		t.Errorf("her words are there %d times", n)
	}
	b.fetched(t, b.bob, in, file)
	b.enrol(t, b.reopen(t, b.home+"/Cem"), b.invite(t, ada, present.Guest{Name: "Cem"}))
	b.proven(t)
}

// fetched has a client ask for a file until it is there: while the server does not know again whose words it belongs to, it says that
// there is none, and the client leaves it at that until somebody asks once more.
func (b *bundle) fetched(t *testing.T, d *proof.Desk, in id.Incident, file incident.Attachment) {
	t.Helper()
	want := func() {
		if err := d.Replica().Want(b.ctx, in, file); err != nil {
			t.Error(err)
		}
	}
	want()
	b.awaitFile(t, d, file.Content, func(s attachment.Status) bool {
		if s.State == attachment.Missing {
			want()
		}
		return here(s)
	})
}
