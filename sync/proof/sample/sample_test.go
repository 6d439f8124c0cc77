package sample

import (
	"context"
	"errors"
	"image"
	"image/color"
	"net"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/server/integration/statuspage"
	"github.com/tsugi-app/tsugi/sync/clock"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/proof"
	"github.com/tsugi-app/tsugi/sync/replica"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// opened is a server in this process and the sample people around it.
type opened struct {
	ctx    context.Context
	params CastParams
	cast   *Cast
}

func setup(t *testing.T) *opened {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	o := &opened{ctx: ctx, params: CastParams{Dir: t.TempDir(), Clock: clock.NewSystem(), Logger: proof.Quiet(), Absence: time.Hour}}
	office, err := proof.OpenOffice(context.WithoutCancel(ctx), Server(o.params.Dir), "127.0.0.1:0", o.params.Clock, proof.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = office.Close() })
	o.open(t)
	return o
}

// open opens the clients, as a start of the demo does.
func (o *opened) open(t *testing.T) {
	t.Helper()
	var err error
	if o.cast, err = OpenCast(o.ctx, o.params); err != nil {
		t.Fatal(err)
	}
}

// again closes the clients, and opens those of who was away too.
func (o *opened) again(t *testing.T) {
	t.Helper()
	if err := o.cast.Close(); err != nil {
		t.Fatal(err)
	}
	o.params.Absence = 0
	o.open(t)
}

func (o *opened) fill(t *testing.T) int {
	t.Helper()
	n, err := o.cast.Fill(o.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// events returns what one client has of an incident, when who was away has sent everything.
func (o *opened) events(t *testing.T, in id.Incident) []incident.Event {
	t.Helper()
	desk, late := o.cast.desks[ada], o.cast.desks[eli]
	if err := late.Await(o.ctx, func() (bool, error) { return late.Replica().Unsent() == 0, nil }); err != nil {
		t.Fatal(err)
	}
	far, err := late.Replica().Incident(o.ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	o.cast.known[in] = far.Seq
	if err := o.cast.reach(o.ctx, desk, in); err != nil {
		t.Fatal(err)
	}
	line, err := desk.Replica().Timeline(o.ctx, in, whole)
	if err != nil {
		t.Fatal(err)
	}
	var out []incident.Event
	for _, e := range recorded(line) {
		out = append(out, e.Event.(incident.Event))
	}
	return out
}

func count[E incident.Event](events []incident.Event) int {
	n := 0
	for _, e := range events {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}

func TestTheStoriesAreToldOnce(t *testing.T) {
	t.Parallel()
	o := setup(t)
	defer func() { _ = o.cast.Close() }()
	lines := 0
	for _, s := range Stories() {
		lines += len(s.Lines)
	}
	if n := o.fill(t); n != lines {
		t.Errorf("%d of %d lines were told", n, lines)
	}
	if _, here := o.cast.desks[eli]; here {
		t.Error("nobody is away")
	}
	for range 2 {
		o.again(t)
		if n := o.fill(t); n != 0 {
			t.Errorf("another start told %d lines once more", n)
		}
	}
	told := o.events(t, o.cast.ids[Checkout().Key])
	want := 0
	for _, l := range Checkout().Lines {
		if _, ok := l.Does(id.Incident{}, o.cast.person).(incident.Write); ok {
			want++
		}
	}
	if n := count[incident.Written](told); n != want {
		t.Errorf("%d entries are in the room, want %d", n, want)
	}
	if n := count[incident.Contested](told); n != 1 {
		t.Errorf("%d conflicts are in the audit, want 1", n)
	}
	if s, _ := o.cast.desks[ada].Replica().Incident(o.ctx, o.cast.ids[Checkout().Key]); s.Severity != 1 || s.Status != incident.Open {
		t.Errorf("the fire stands at SEV%d, %s", s.Severity, s.Status)
	}
}

func TestADuplicateACorrectedTimeAndSubscriptionsAreShown(t *testing.T) {
	t.Parallel()
	o := setup(t)
	defer func() { _ = o.cast.Close() }()
	for range 2 { // another start adds nothing
		o.fill(t)
		o.again(t)
	}
	o.fill(t)
	fire, desk := o.cast.ids[Checkout().Key], o.cast.desks[ada]
	if s, err := desk.Replica().Incident(o.ctx, o.cast.ids["twice"]); err != nil || s.MergedInto != fire || !slices.Contains(s.Tags, "sample") {
		t.Errorf("the duplicate is %+v (%v)", s, err)
	}
	told := o.events(t, fire)
	if corrected, absorbed := count[incident.TimeCorrected](told), count[incident.Absorbed](told); corrected != 1 || absorbed != 1 {
		t.Errorf("%d times were corrected and %d duplicates noted, want one of each", corrected, absorbed)
	}
	reader, err := o.cast.desks[admin].Replica().Reader(o.ctx)
	if err != nil || len(reader.Subscriptions) != 2 || !reader.Hears(fire, 5, nil) || !reader.Hears(id.Incident{}, 5, []string{"payroll"}) {
		t.Errorf("the admin hears of %+v (%v)", reader.Subscriptions, err)
	}
}

func TestEveryStatusAndKindIsShown(t *testing.T) {
	t.Parallel()
	o := setup(t)
	defer func() { _ = o.cast.Close() }()
	o.fill(t)
	burning, others, err := o.cast.desks[fay].Replica().Board(o.ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	statuses, kinds := map[incident.Status]bool{}, map[incident.Kind]bool{}
	for _, s := range append(burning, others...) {
		statuses[s.Status], kinds[s.Kind] = true, true
	}
	if len(statuses) != 5 || len(kinds) != 4 {
		t.Errorf("shown are the statuses %v and the kinds %v", statuses, kinds)
	}
}

func TestTheAdminAppearsOnce(t *testing.T) {
	t.Parallel()
	o := setup(t)
	defer func() { _ = o.cast.Close() }()
	people := o.cast.desks[ben].Replica().Setup().People
	if len(people) != 1+len(Colleagues()) {
		t.Errorf("%d people are here, want %d: %v", len(people), 1+len(Colleagues()), people)
	}
	for _, p := range people {
		if !strings.Contains(p.Name, "Sample") || p.Department == "" {
			t.Errorf("%q of %q could be taken for real", p.Name, p.Department)
		}
	}
}

func TestCuesAreNeverTheSame(t *testing.T) {
	t.Parallel()
	who := func(string) id.Person { return id.Person{} }
	type wish struct {
		story string
		c     incident.Command
	}
	var seen []wish
	Cues(func(c Cue) bool {
		w := wish{c.Story.Key, c.Story.Lines[0].Does(id.Incident{}, who)}
		for _, s := range seen {
			if reflect.DeepEqual(s, w) {
				t.Errorf("told twice: %+v", w.c)
			}
		}
		if c.After < time.Second || c.After > 30*time.Second {
			t.Errorf("a pause of %v", c.After)
		}
		seen = append(seen, w)
		return len(seen) < 200
	})
}

func TestTheHistoryCanBeImported(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 10, 44, 0, 0, time.UTC)
	raw, err := History(now)
	if err != nil {
		t.Fatal(err)
	}
	h, err := statuspage.Read(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Incidents) != len(pasts()) || len(h.Notes) > 0 {
		t.Errorf("%d incidents, notes %v", len(h.Incidents), h.Notes)
	}
	for _, i := range h.Incidents {
		last := i.Updates[len(i.Updates)-1]
		if !last.At.Before(now) || last.Status == nil || *last.Status != incident.Closed {
			t.Errorf("%s ends at %v", i.Title, last.At)
		}
	}
}

func TestAPlaceThatWasTakenIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := place{Address: l.Addr().String(), Server: 4711}
	if err := p.keep(dir); err != nil {
		t.Fatal(err)
	}
	_, err = findPlace(t.Context(), dir)
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), p.Address) || !strings.Contains(err.Error(), "4711") {
		t.Errorf("said was %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := findPlace(t.Context(), dir); err != nil || got != p {
		t.Errorf("found was %+v, %v; want %+v", got, err, p)
	}
}

func TestADemoWithoutItsProgramsSaysSo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	err := Demo{Dir: dir, Bin: dir, Clock: clock.NewSystem(), Say: t.Logf}.Run(t.Context())
	if f := fault.Find(err); f == nil || !strings.Contains(f.Do, "make") || errors.Is(err, context.Canceled) {
		t.Errorf("said was %v", err)
	}
}

func TestWhatIsOnItsWayIsNotToldAgain(t *testing.T) {
	t.Parallel()
	in, other := id.New[id.Incident](), id.New[id.Incident]()
	who := func(string) id.Person { return id.Person{1} }
	for name, does := range map[string]Deed{
		"severity": rates(3, "only us"), "status": moves(incident.Closed, "done"), "role": makes(ada, "imoc"), "words": says("hello"),
	} {
		wish := does(in, who)
		given := incident.Rebase(wish, incident.Incident{ID: in, Seq: 9}, 9)
		pending := []replica.Pending{{Submission: stream.Submission{Target: id.Stream(in), Command: given}}}
		if !waiting(pending, in, wish) {
			t.Errorf("%s: given was %+v, and %+v is told again", name, given, wish)
		}
		if waiting(pending, other, wish) || waiting(pending, in, says("else")(in, who)) {
			t.Errorf("%s: another wish is taken for it", name)
		}
	}
}

func TestAReducedPictureLooksTheSame(t *testing.T) {
	t.Parallel()
	few, many := image.NewRGBA(image.Rect(0, 0, 16, 16)), image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 256 {
		few.Set(i%16, i/16, color.RGBA{uint8(i), 7, 0, 255})
	}
	for i := range 64 * 64 {
		many.Set(i%64, i/64, color.RGBA{uint8(i / 64), uint8(i % 64), 0, 255})
	}
	got := reduce(few)
	for i := range 256 {
		if c := color.RGBAModel.Convert(got.At(i%16, i/16)); c != few.At(i%16, i/16) {
			t.Fatalf("pixel %d became %v", i, c)
		}
	}
	many.Set(9, 9, color.RGBA{0, 0, 200, 255}) // one pixel of a colour that is nowhere else
	if n := len(reduce(many).Palette); n > 256 {
		t.Errorf("the palette has %d colours", n)
	}
	each(reduce(many), func(x, y int, c color.RGBA) {
		if distance(c, many.RGBAAt(x, y)) > 4 {
			t.Errorf("pixel %d, %d was %v and is %v", x, y, many.RGBAAt(x, y), c)
		}
	})
	if !reflect.DeepEqual(reduce(many), reduce(many)) {
		t.Error("one picture gave two results")
	}
}
