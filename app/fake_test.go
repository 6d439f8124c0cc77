package app_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/search"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// noon is when every picture is taken.
func noon() time.Time { return time.Date(2026, 11, 20, 10, 44, 10, 0, time.UTC) }

// fake is a session whose data lie in memory; it decides with the real rules.
type fake struct {
	left      []id.Incident // that may not be seen any more
	setup     workspace.Setup
	self      id.Actor
	incidents []incident.Incident
	records   map[id.Incident][]present.Record
	conn      present.Connection
	unsent    present.Unsent
	enrolled  bool
	language  string // of the pages; English where it is left out
	former    present.Former
	failure   error
	gap       bool
	far       func() error // what happens when it is asked for what is not here
	revoked   []present.Revocation
	guests    []present.Guest
	read      map[id.Incident]uint64
	marks     int
	missing   uint64
	lacking   string // what the search says is not here
	observed  chan struct{}
	news      []present.News
	confirmed *incident.Incident // what the server has of the room, where that is another than is shown
	heard     map[id.Incident]bool
	pictures  map[id.Content]image.Image
	kept      []string
	draft     present.Declaration
	drafts    map[id.Incident]present.Draft
	illegible error // of drafts
	unstored  error // of wishes about incidents
	keeps     int   // how often a draft was kept
	terms     workspace.Terms
	changed   []present.TermRecord
	reader    workspace.Reader
	contacts  present.Contacts
	asked     int             // how often for them
	refuses   error           // what the server answers then
	clipboard []byte          // a picture
	pages     bool            // rooms are given with as many entries as were asked for
	fetching  bool            // what there is has still to be fetched
	paging    incident.Paging // who is on call
	attending
	rota
	chains
}

func (f *fake) view() present.View {
	zone := time.UTC
	if f.place != nil {
		zone = f.place
	}
	return present.View{Setup: f.setup, Self: f.self, Zone: zone, Words: words.For(cmp.Or(f.language, os.Getenv("TSUGI_PICTURES_LANGUAGE")))}
}

// View is that of nobody before the device is enrolled.
func (f *fake) View() present.View {
	v := f.view()
	if !f.enrolled {
		v.Self = id.Actor{}
	}
	return v
}

// spoken returns the words that pages are shown in: English, but for pictures in the language that
// TSUGI_PICTURES_LANGUAGE names.
func spoken() words.Catalog { return words.For(os.Getenv("TSUGI_PICTURES_LANGUAGE")) }

func (f *fake) Enrolled(context.Context) (bool, error)                 { return f.enrolled, nil }
func (f *fake) Connection(context.Context) (present.Connection, error) { return f.conn, nil }
func (f *fake) Observe() (<-chan struct{}, func())                     { return f.observed, func() {} }

func (f *fake) Form(context.Context) (present.Form, error)     { return present.FormFrom(f.view()), nil }
func (f *fake) Unsent(context.Context) (present.Unsent, error) { return f.unsent, nil }
func (f *fake) People(context.Context) (present.People, error) {
	return present.PeopleFrom(f.view()), f.failure
}

func (f *fake) LoadEarlier(context.Context, id.Incident) error {
	f.gap = false
	if f.far != nil {
		return f.far()
	}
	return nil
}

func (f *fake) Retry(context.Context, id.Command) error { return nil }
func (f *fake) Board(context.Context) (present.Board, error) {
	b := present.BoardFrom(f.board(), f.view())
	b.Missing = f.missing
	b.OnCall = present.DutiesFrom(f.rotations, f.now(), f.view())
	b.Turn = present.Turn(b.OnCall)
	present.SetUnread(b.Fires, f.unread())
	present.SetUnsent(b.Fires, f.undeclared())
	return b, f.failure
}

// undeclared are the incidents of which the server does not know.
func (f *fake) undeclared() map[id.Incident]bool {
	out := map[id.Incident]bool{}
	for in, records := range f.records {
		out[in] = len(records) > 0 && records[0].Pending
	}
	return out
}

// unread counts what others did behind the reading marks.
func (f *fake) unread() map[id.Incident]int {
	out := map[id.Incident]int{}
	for in, records := range f.records {
		for _, r := range records {
			if r.At.StreamSeq > f.read[in] && r.At.Actor.Person != f.self.Person {
				out[in]++
			}
		}
	}
	return out
}

func (f *fake) MarkRead(_ context.Context, in id.Incident, upto uint64) error {
	if f.failure != nil {
		return f.failure
	}
	f.marks++
	f.read[in] = upto
	return nil
}

func (f *fake) Hear(_ context.Context, in id.Incident, off bool) error {
	f.heard[in] = !off
	return f.failure
}

// Attach knows PNG only.
func (f *fake) Attach(_ context.Context, name string, from io.Reader) (incident.Attachment, error) {
	raw, err := io.ReadAll(from)
	if err != nil {
		return incident.Attachment{}, err
	}
	if len(raw) > incident.MaxAttachmentSize {
		return incident.Attachment{}, fault.New(fault.TooLarge, "The file is too large.").WithAdvice("Nothing was sent.", "Attach a smaller one.")
	}
	a := incident.Attachment{Content: sha256.Sum256(raw), Name: incident.FileName(name), Type: "application/octet-stream", Size: uint64(len(raw))}
	if picture, err := png.Decode(bytes.NewReader(raw)); err == nil {
		size := picture.Bounds().Size()
		a.Type, a.Width, a.Height = "image/png", uint32(size.X), uint32(size.Y)
		f.pictures[a.Content] = picture
	}
	return a, nil
}

func (f *fake) Detach(_ context.Context, c id.Content) error {
	delete(f.pictures, c)
	return nil
}

func (f *fake) Picture(_ context.Context, q present.PictureQuery) (image.Image, present.Arrival, error) {
	if p, here := f.pictures[q.File.Content]; here {
		return p, present.Arrival{}, nil
	}
	return nil, present.Arrival{Percent: 40}, nil
}

func (f *fake) Keep(_ context.Context, _ id.Incident, file present.File) (string, error) {
	f.kept = append(f.kept, file.Name)
	return "/home/ada/Downloads/" + file.Name, nil
}

// Search finds in titles and entries; nothing typed finds all incidents.
func (f *fake) Search(_ context.Context, text string, _ bool) (present.Results, error) {
	typed := strings.ToLower(strings.TrimSpace(text))
	q := search.Parse(typed, search.Lexicon{Setup: f.setup, Self: f.self.Person, Now: noon()}, true)
	out := present.Results{Searched: typed != "", Missing: f.lacking, Hints: f.view().HintsFrom(q)}
	if q.Empty() && len(q.Hints) > 0 {
		out.Searched = false
		return out, nil
	}
	if strings.HasSuffix(typed, "s") && len(typed) < 3 {
		out.Completions = []present.Completion{{Start: len(text) - 1, End: len(text), Text: "sev:", Detail: "how bad it is"}}
	}
	newest := slices.Clone(f.incidents)
	slices.SortFunc(newest, func(a, b incident.Incident) int { return b.DeclaredAt.Compare(a.DeclaredAt) })
	for _, s := range newest {
		found := present.FoundIncident{Incident: s, Title: marks(s.Title, typed)}
		for _, r := range f.records[s.ID] {
			if e, ok := r.Event.(incident.Written); ok && len(marks(e.Text, typed)) > 0 {
				found.Lines = append(found.Lines, present.FoundWords{
					Entry: e.Entry, Seq: r.At.StreamSeq, Author: r.At.Actor.Person, Occurred: r.At.Occurred,
					Excerpt: search.Excerpt{Text: e.Text, Marks: marks(e.Text, typed)}, Event: e,
				})
			}
		}
		if typed == "" || len(found.Title)+len(found.Lines) > 0 {
			out.Items = append(out.Items, present.ResultFrom(found, noon(), f.view()))
		}
	}
	return out, nil
}

// marks returns where typed stands in text.
func marks(text, typed string) []search.Range {
	i := strings.Index(strings.ToLower(text), typed)
	if i < 0 || typed == "" {
		return nil
	}
	from := len([]rune(text[:i]))
	return []search.Range{{Start: from, End: from + len([]rune(typed))}}
}

func (f *fake) Former(context.Context) (present.Former, error) { return f.former, nil }

func (f *fake) Discard(_ context.Context, c id.Command) error {
	f.unsent.Items = slices.DeleteFunc(f.unsent.Items, func(u present.Change) bool { return u.Command == c })
	return nil
}

func (f *fake) Enrol(_ context.Context, e present.Enrolment) error {
	if e.Code == "BOBS-CODE" {
		return fault.New(fault.Denied, "This folder holds 3 changes of Ada Sample that were not sent.").
			WithAdvice("They are kept.", "Enrol as the same person, or take another data folder.")
	}
	if e.Code != "GOOD-CODE" {
		return fault.New(fault.Unauthenticated, "This code is not valid.").
			WithAdvice("Nothing was changed.", "Ask for a new one; codes last ten minutes.")
	}
	f.enrolled, f.conn = true, present.Connection{Reach: present.Live, People: 14}
	return nil
}

// Invite decides as the server does.
func (f *fake) Invite(_ context.Context, g present.Guest) (present.Invitation, error) {
	if f.failure != nil {
		return present.Invitation{}, f.failure
	}
	if g.Person.IsZero() {
		if _, err := workspace.DecidePerson(workspace.Person{}, f.setup, workspace.AddPerson{Person: id.New[id.Person](), Name: g.Name, Department: g.Department}, f.self); err != nil {
			return present.Invitation{}, err
		}
	}
	f.guests = append(f.guests, g)
	return present.Invitation{Name: g.Name, Address: "https://tsugi.example.com", Code: "KM4T-9QXZ", Expires: noon().Add(10 * time.Minute)}, nil
}

func (f *fake) RevokeDevice(_ context.Context, r present.Revocation) error {
	if f.failure != nil {
		return f.failure
	}
	f.revoked = append(f.revoked, r)
	return nil
}

func (f *fake) DescribeSelf(_ context.Context, name, department string) error {
	p := f.setup.People[f.self.Person]
	events, err := workspace.DecidePerson(p, f.setup, workspace.DescribePerson{Person: p.ID, Name: name, Department: department}, f.self)
	for _, e := range events {
		p = workspace.ApplyPerson(p, id.Envelope{Stream: id.Stream(p.ID), StreamSeq: p.Seq + 1}, e)
	}
	f.setup = f.setup.With(p)
	return err
}

func (f *fake) numbers() map[id.Incident]uint32 {
	out := map[id.Incident]uint32{}
	for _, s := range f.incidents {
		out[s.ID] = s.Number
	}
	return out
}

func (f *fake) Tags(_ context.Context, typed string) ([]string, error) {
	all := map[string]bool{}
	for _, s := range f.incidents {
		for _, t := range s.Tags {
			all[t] = strings.HasPrefix(t, typed)
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(t string) bool { return !all[t] }), nil
}

func (f *fake) Room(_ context.Context, in id.Incident, limit int) (present.Room, error) {
	s, records := f.find(in), f.records[in]
	seq, earlier := s.Seq, f.pages && len(records) > limit
	if earlier {
		records = records[len(records)-limit:]
	}
	if f.unheard || f.undeclared()[in] {
		seq = 0
	}
	var confirmed incident.Incident
	if f.confirmed != nil {
		confirmed = *f.confirmed
	}
	r := present.RoomFrom(present.RoomParams{
		Incident: s, Confirmed: confirmed, Seq: seq, Records: records, Earlier: earlier, Gap: f.gap, Fires: f.board(), Rotations: f.rotations, Now: noon(), Seen: f.read[in],
		Subscribed: f.heard[in], Other: f.find(s.MergedInto), Numbers: f.numbers(), Fetching: f.fetching, Left: slices.Contains(f.left, in),
	}, f.view())
	present.SetUnread(r.Burning, f.unread())
	present.SetUnsent(r.Burning, f.undeclared())
	r.Calls = f.calls(r, s)
	return r, nil
}

func (f *fake) Declare(_ context.Context, d present.Declaration) (id.Incident, error) {
	in := id.New[id.Incident]()
	err := f.submit(in, f.self, noon(), noon(), incident.Declare{
		Title: d.Title, Severity: workspace.Level(d.Level), Kind: d.Kind, Tags: d.Tags, Private: d.Private, Admit: d.Admit,
	})
	return in, err
}

func (f *fake) Submit(_ context.Context, in id.Incident, c incident.Command) error {
	if f.unstored != nil {
		return f.unstored
	}
	return f.submit(in, f.self, noon(), noon(), c)
}

func (f *fake) find(in id.Incident) incident.Incident {
	for _, s := range f.incidents {
		if s.ID == in {
			return s
		}
	}
	return incident.Incident{}
}

// submit decides and applies; offline, the events stay pending and no number is given.
func (f *fake) submit(in id.Incident, by id.Actor, occurred, received time.Time, c incident.Command) error {
	if f.failure != nil {
		return f.failure
	}
	s := f.find(in)
	others, err := incident.Beside(c, func(other id.Incident) (incident.Incident, error) { return f.find(other), nil })
	if err != nil {
		return err
	}
	before, command := s, id.New[id.Command]()
	events, err := incident.Decide(s, incident.Given{Setup: f.setup, Others: others, At: occurred, Paging: f.paging}, c, by)
	for _, e := range events {
		at := id.Envelope{
			Stream: id.Stream(in), StreamSeq: s.Seq + 1, Command: command,
			Actor: by, Occurred: occurred, Received: received,
		}
		pending := !f.conn.Reached() && by == f.self
		if pending {
			at.Received = time.Time{}
		}
		if numbered, ok := stream.Numbered(e, uint32(210+len(f.incidents))); ok && !pending {
			e, _ = numbered.(incident.Event)
		}
		s = incident.Apply(s, at, e)
		f.records[in] = append(f.records[in], present.Record{Event: e, At: at, Pending: pending})
	}
	f.incidents = slices.DeleteFunc(f.incidents, func(o incident.Incident) bool { return o.ID == in })
	f.incidents = append(f.incidents, s)
	for _, follows := range incident.Follow(before, s) {
		if err := f.submit(follows.Target, by, occurred, received, follows.Command); err != nil {
			return err
		}
	}
	return err
}

// empty is a workspace in which nothing was ever declared.
func empty() *fake {
	f := &fake{
		setup: workspace.Default(), records: map[id.Incident][]present.Record{}, read: map[id.Incident]uint64{}, enrolled: true,
		heard: map[id.Incident]bool{}, pictures: map[id.Content]image.Image{},
		conn: present.Connection{Reach: present.Live, People: 14}, observed: make(chan struct{}, 1),
	}
	f.self = f.person("Ada Sample", "Support", true, "Ada's laptop")
	return f
}

func (f *fake) person(name, department string, admin bool, device string) id.Actor {
	by := id.Actor{Person: id.New[id.Person](), Device: id.New[id.Device]()}
	f.setup = f.setup.With(workspace.Person{
		ID: by.Person, Seq: 1, Name: name, Department: department, Admin: admin,
		Devices: []workspace.Device{{ID: by.Device, Name: device, Platform: "linux", Enrolled: noon().Add(-240 * time.Hour)}},
	})
	return by
}

// full is a workspace on a bad day.
func full() (*fake, id.Incident) {
	f := empty()
	lk := f.person("Cleo Sample", "Engineering", false, "cleo-desk")
	tc := f.person("Dora Sample", "Press", false, "Dora's desk")
	mn := f.person("Eli Sample", "Shop north", false, "shop-north-2")
	at := func(clock string) time.Time {
		t, _ := time.Parse("15:04:05", clock+":00")
		return time.Date(2026, 11, 20, t.Hour(), t.Minute(), 0, 0, time.UTC)
	}
	do := func(in id.Incident, by id.Actor, clock string, c incident.Command) {
		_ = f.submit(in, by, at(clock), at(clock), c)
	}
	f.lately(lk, tc)
	payroll := id.New[id.Incident]()
	do(payroll, tc, "08:34", incident.Declare{Title: "Payroll file arrived late at the bank", Severity: 2, Tags: []string{"payroll"}})
	do(payroll, lk, "09:10", incident.ChangeStatus{Base: f.base(payroll), To: incident.Mitigated, Reason: "bank takes it until noon"})
	do(payroll, tc, "09:12", incident.AssignRole{Base: f.base(payroll), Role: workspace.Owner, Person: tc.Person})
	main := id.New[id.Incident]()
	do(main, f.self, "10:02", incident.Declare{Title: "Checkout fails for everyone", Severity: 2, Tags: []string{"checkout", "db"}})
	do(main, f.self, "10:02", incident.AssignRole{Base: f.base(main), Role: workspace.IMOC, Person: f.self.Person})
	do(main, lk, "10:03", incident.AssignRole{Base: f.base(main), Role: workspace.Owner, Person: lk.Person})
	found, back := id.New[id.Entry](), id.New[id.Entry]()
	do(main, lk, "10:04", incident.Write{Entry: found, Text: "db-7 is out of disk, writes stall since 09:58. Freeing space now."})
	do(main, lk, "10:04", incident.Star{Entry: found})
	do(main, f.self, "10:06", incident.ChangeSeverity{Base: f.base(main), To: 1, Reason: "all shops affected"})
	_ = f.submit(main, mn, at("10:07"), at("10:31"), incident.ChangeSeverity{Base: incident.Base{Seq: 1}, To: 3, Reason: "only our shop, I think"})
	graph, _ := f.Attach(context.Background(), "orders per minute.png", bytes.NewReader(ordersGraph()))
	do(main, tc, "10:08", incident.Write{
		Entry: id.New[id.Entry](), Text: "Support has 140 calls. What may we say?", Attachments: []incident.Attachment{graph},
	})
	do(main, f.self, "10:08", incident.AssignRole{Base: f.base(main), Role: workspace.Communications, Person: tc.Person})
	_ = f.submit(main, mn, at("10:09"), at("10:31"), incident.Write{Entry: id.New[id.Entry](), Text: "Same on our side: orders stop at payment."})
	do(main, f.self, "10:26", incident.PromiseUpdate{Within: 30 * time.Minute})
	do(main, lk, "10:33", incident.AddTag{Tag: "disk"})
	do(main, lk, "10:33", incident.MarkMilestone{Name: incident.CauseNow, Entry: found, At: at("10:04")})
	do(main, lk, "10:40", incident.Write{Entry: back, Text: "Space is back, replaying what was held: 12 minutes to go. The runbook is at https://wiki.example.com/runbooks/db-7-disk-full and it is worth reading before anybody touches the replicas again."})
	do(main, lk, "10:40", incident.Write{Entry: id.New[id.Entry](), Text: "First orders come through."})
	do(main, tc, "10:41", incident.Write{Entry: id.New[id.Entry](), Text: "Customers are informed.", Update: true})
	do(main, lk, "10:41", incident.Star{Entry: back})
	do(main, tc, "10:42", incident.AddTask{Task: id.New[id.Task](), Text: "Tell the big customers", Person: tc.Person})
	freeze := id.New[id.Task]()
	do(main, lk, "10:42", incident.AddTask{Task: freeze, Text: "Freeze deploys", Person: lk.Person})
	do(main, lk, "10:43", incident.ChangeTask{Task: freeze, Text: "Freeze deploys", Person: lk.Person, Done: true})
	do(main, lk, "10:43", incident.AddLink{URL: "https://dash.example.com/db-7", Label: "dashboard"})
	do(main, tc, "10:43", incident.AddLink{URL: "https://meet.example.com/checkout", Label: "video room"})
	return f, main
}

func (f *fake) base(in id.Incident) incident.Base { return incident.Base{Seq: f.find(in).Seq} }

func (f *fake) lately(lk, tc id.Actor) {
	for _, p := range []struct {
		title string
		level workspace.Level
		kind  incident.Kind
		to    incident.Status
		ago   time.Duration
	}{
		{"Search slow for logged-out visitors", 3, incident.Real, incident.Resolved, 26 * time.Hour},
		{"Near miss: backup disk at 97 %", 3, incident.NearMiss, incident.Closed, 70 * time.Hour},
		{"Two invoices sent twice", 3, incident.Real, incident.Closed, 95 * time.Hour},
		{"Game day: lose the second data centre", 2, incident.GameDay, incident.Closed, 8 * 24 * time.Hour},
		{"Login fails with company accounts", 2, incident.Real, incident.Invalid, 11 * 24 * time.Hour},
	} {
		in, at := id.New[id.Incident](), noon().Add(-p.ago)
		_ = f.submit(in, lk, at.Add(-time.Hour), at.Add(-time.Hour), incident.Declare{Title: p.title, Severity: p.level, Kind: p.kind})
		_ = f.submit(in, tc, at, at, incident.ChangeStatus{Base: f.base(in), To: p.to})
	}
}

// ordersGraph is a picture of orders that break in.
func ordersGraph() []byte {
	picture := image.NewNRGBA(image.Rect(0, 0, 840, 240))
	heights := []int{150, 158, 154, 166, 160, 156, 162, 150, 128, 70, 36, 24, 18, 16, 20, 24, 22, 18, 16, 20, 28, 46, 62}
	for i, h := range heights {
		c := color.NRGBA{0x6f, 0xa8, 0xdc, 0xff}
		if h < 65 && i > 8 {
			c = color.NRGBA{0xf2, 0x55, 0x5a, 0xff}
		}
		draw.Draw(picture, image.Rect(20+i*35, 220-h, 44+i*35, 220), image.NewUniform(c), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	_ = png.Encode(&out, picture)
	return out.Bytes()
}
