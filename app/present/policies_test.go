package present_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/reach"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// firm is a company in which everybody can be called, with a rotation and all that pages people.
type firm struct {
	*rota
	present.Staff
	eng oncall.Rotation
}

func newFirm(t *testing.T) *firm {
	t.Helper()
	f := &firm{rota: newRota(t)}
	for _, p := range []id.Person{f.ann, f.bob, f.cay, f.dan} {
		f.reached(p, reach.Push, reach.Call)
	}
	f.admin(f.dan)
	f.eng = f.weekly(f.bob, f.cay)
	f.Staff = present.Staff{Rotations: []oncall.Rotation{f.eng}, Now: f.now}
	return f
}

// clone returns a firm in which other things can be so.
func (f *firm) clone() *firm {
	g, r := *f, *f.rota
	g.rota = &r
	return &g
}

// reached gives somebody ways to be reached, and takes away all others.
func (f *firm) reached(p id.Person, by ...reach.Channel) {
	who := f.Setup.People[p]
	who.Channels = reach.ChannelsOf(by...)
	f.Setup = f.Setup.With(who)
}

func (f *firm) admin(p id.Person) {
	who := f.Setup.People[p]
	who.Admin = true
	f.Setup = f.Setup.With(who)
}

func someone(p id.Person) escalation.Target       { return escalation.Target{Person: p} }
func whoever(r oncall.Rotation) escalation.Target { return escalation.Target{Rotation: r.ID} }

func stage(minutes int, targets ...escalation.Target) escalation.Step {
	return escalation.Step{Targets: targets, Wait: time.Duration(minutes) * time.Minute}
}

func chain(name string, repeats int, steps ...escalation.Step) escalation.Policy {
	return escalation.Policy{Name: name, Steps: steps, Repeats: repeats}
}

// keeps has the firm go by a policy, for some severities.
func (f *firm) keeps(p escalation.Policy, levels ...workspace.Level) id.Policy {
	which := id.New[id.Policy]()
	f.Policies = append(f.Policies, present.PolicyRecord{State: escalation.PolicyState{ID: which, Seq: 1, Policy: p}})
	f.Setup.Severities = slices.Clone(f.Setup.Severities)
	for i, s := range f.Setup.Severities {
		if slices.Contains(levels, s.Level) {
			f.Setup.Severities[i].Policy = which
		}
	}
	return which
}

func TestAPolicyReadsAsASentence(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	german := f.View
	german.Words = words.For("de")
	for _, c := range []struct {
		policy  escalation.Policy
		english string
		german  string
	}{
		{
			chain("", 3, stage(5, whoever(f.eng)), stage(60, someone(f.ann), someone(f.dan))),
			"First page whoever is on call in Engineering. If nobody answers within 5 minutes, page Ann Alder and Dan Dogwood. " +
				"If nobody answers within an hour, start over, up to 3 times. If nobody has answered an hour after that, nobody else is paged: the incident says so in red. " +
				"Where no step reaches anybody, the admins are paged.",
			"Zuerst alarmieren: wer in Engineering Bereitschaft hat. Antwortet 5 Minuten lang niemand, dann: Ann Alder und Dan Dogwood. " +
				"Antwortet eine Stunde lang niemand, wieder von vorn, bis zu 3-mal. Hat auch danach eine Stunde lang niemand geantwortet, wird niemand mehr alarmiert: Der Vorfall sagt es in Rot. " +
				"Erreicht keine Stufe jemanden, werden die Admins alarmiert.",
		},
		{
			chain("", 1, stage(1, someone(f.ann))),
			"First page Ann Alder. If nobody answers within a minute, start over once. If nobody has answered a minute after that, nobody else is paged: the incident says so in red. " +
				"Where no step reaches anybody, the admins are paged.",
			"Zuerst alarmieren: Ann Alder. Antwortet eine Minute lang niemand, noch einmal von vorn. Hat auch danach eine Minute lang niemand geantwortet, wird niemand mehr alarmiert: Der Vorfall sagt es in Rot. " +
				"Erreicht keine Stufe jemanden, werden die Admins alarmiert.",
		},
	} {
		if got := present.Sentences(f.PolicySays(c.policy, f.Staff)); got != c.english {
			t.Errorf("it says\n%s\nwant\n%s", got, c.english)
		}
		if got := present.Sentences(german.PolicySays(c.policy, f.Staff)); got != c.german {
			t.Errorf("it says\n%s\nwant\n%s", got, c.german)
		}
	}
	half := escalation.Step{Targets: []escalation.Target{{Rotation: id.Rotation{9}}, someone(id.Person{9})}, Wait: 150 * time.Second}
	if got := present.Sentences(f.PolicySays(chain("", 0, half, stage(5)), f.Staff)); !strings.Contains(got, "an unknown rotation") || !strings.Contains(got, "2.5 minutes, page nobody.") {
		t.Errorf("of what is not known and not filled in it says %s", got)
	}
	if got := f.PolicySays(escalation.Policy{}, f.Staff); len(got) != 1 || got[0] != "Where no step reaches anybody, the admins are paged." {
		t.Errorf("without steps it says %q", got)
	}
}

func told(n present.Night) string {
	var out []string
	for i, l := range n.Lines {
		if n.More > 0 && i == len(n.Lines)-1 {
			out = append(out, fmt.Sprintf("… %d", n.More))
		}
		out = append(out, l.When+" "+map[present.Tone]string{present.Warn: "~ ", present.Alarm: "! "}[l.Tone]+l.Words)
	}
	return strings.Join(out, "; ")
}

func TestThreeInTheMorningIsForeseen(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	night := f.at(25, 3, 0) // of the Sunday on which clocks are put back; Bob serves until Monday at nine
	away := f.replaced(f.eng, f.bob, f.cay, f.at(25, 0, 0), f.at(25, 3, 10))
	for _, c := range []struct {
		name   string
		policy escalation.Policy
		with   func(*firm)
		want   string
	}{
		{
			"somebody, then another", chain("", 0, stage(5, whoever(f.eng)), stage(10, someone(f.ann))), nil,
			"Sun 03:00 Bob Birch; Sun 03:05 You; Sun 03:15 ! Nobody is left. The incident says that nobody answered.",
		},
		{
			"over again, to whoever serves then", chain("", 1, stage(15, whoever(f.eng))), func(f *firm) { f.Rotations = []oncall.Rotation{away} },
			"Sun 03:00 Cay Cedar; Sun 03:15 Bob Birch; Sun 03:30 ! Nobody is left. The incident says that nobody answered.",
		},
		{
			"in a circle", chain("", 0, stage(5, whoever(f.eng)), stage(5, someone(f.bob), someone(f.ann)), stage(5, someone(f.ann), someone(f.bob))), nil,
			"Sun 03:00 Bob Birch; Sun 03:05 Bob Birch and you; Sun 03:10 ~ You and Bob Birch again; Sun 03:15 ! Nobody is left. The incident says that nobody answered.",
		},
		{
			"a step in vain", chain("", 0, stage(5, whoever(f.eng)), stage(5, someone(f.cay))), func(f *firm) { f.reached(f.bob) },
			"Sun 03:00 ~ Step 1 reaches nobody: at once the next; Sun 03:00 Cay Cedar; Sun 03:05 ! Nobody is left. The incident says that nobody answered.",
		},
		{
			"the admins where no step reaches anybody", chain("", 0, stage(5, whoever(f.eng))), func(f *firm) { f.reached(f.bob) },
			"Sun 03:00 ~ Step 1 reaches nobody: at once the next; Sun 03:00 ~ Dan Dogwood, as admin: no step reaches anybody; Sun 03:05 ! Nobody is left. The incident says that nobody answered.",
		},
		{
			"nobody at all", chain("", 0, stage(5, whoever(f.eng))), func(f *firm) { f.reached(f.bob); f.reached(f.dan) },
			"Sun 03:00 ~ Step 1 reaches nobody: at once the next; Sun 03:00 ! Nobody is left. The incident says that nobody answered.",
		},
		{
			"a long one", chain("", 9, stage(1, someone(f.bob)), stage(1, someone(f.cay))), nil,
			"Sun 03:00 Bob Birch; Sun 03:01 Cay Cedar; Sun 03:02 Bob Birch again; Sun 03:03 Cay Cedar again; Sun 03:04 Bob Birch again; Sun 03:05 Cay Cedar again; " +
				"Sun 03:06 Bob Birch again; Sun 03:07 Cay Cedar again; Sun 03:08 Bob Birch again; Sun 03:09 Cay Cedar again; Sun 03:10 Bob Birch again; " +
				"Sun 03:11 Cay Cedar again; Sun 03:12 Bob Birch again; … 7; Sun 03:20 ! Nobody is left. The incident says that nobody answered.",
		},
	} {
		g := f.clone()
		if c.with != nil {
			c.with(g)
		}
		if got := told(present.NightFrom(c.policy, night, g.Staff, g.View)); got != c.want {
			t.Errorf("%s:\nhave %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestTheNextNights(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	for _, c := range []struct{ now, night, sunday time.Time }{
		{f.at(22, 10, 44), f.at(23, 3, 0), f.at(25, 3, 0)},
		{f.at(22, 2, 59), f.at(22, 3, 0), f.at(25, 3, 0)},
		{f.at(25, 3, 0), f.at(26, 3, 0), f.at(32, 3, 0)},
		{f.at(24, 23, 0), f.at(25, 3, 0), f.at(25, 3, 0)},
	} {
		if night, sunday := f.NextNight(c.now), f.NextSunday(c.now); !night.Equal(c.night) || !sunday.Equal(c.sunday) {
			t.Errorf("after %s the nights are %s and %s", c.now.In(f.Zone), night, sunday)
		}
	}
}

func warned(list []present.PolicyWarning) string {
	var out []string
	for _, w := range list {
		mark := ""
		if w.Grave {
			mark = "! "
		}
		out = append(out, mark+w.Words)
	}
	return strings.Join(out, " | ")
}

// doubtful is a policy that something is wrong with.
type doubtful struct {
	name  string
	steps []escalation.Step
	with  func(*firm)
	want  string
}

func (f *firm) doubtfuls(office, ended oncall.Rotation) []doubtful {
	return []doubtful{
		{"all is well", []escalation.Step{stage(5, whoever(f.eng)), stage(5, someone(f.ann))}, nil, ""},
		{"nothing is filled in", []escalation.Step{stage(5)}, nil, ""},
		{"half is", []escalation.Step{stage(5, someone(f.ann)), stage(5)}, nil, ""},
		{
			"somebody without a way",
			[]escalation.Step{stage(5, someone(f.ann), someone(f.cay)), stage(5, someone(f.bob))},
			func(f *firm) { f.reached(f.cay) },
			"! There is no way to reach Cay Cedar.",
		},
		{
			"two, one of whom serves next week",
			[]escalation.Step{stage(5, whoever(f.eng)), stage(5, someone(f.ann))},
			func(f *firm) { f.reached(f.bob); f.reached(f.cay) },
			"! Step 1 reaches nobody now: it is skipped. | ! There is no way to reach Bob Birch and Cay Cedar.",
		},
		{
			"somebody with a letter box",
			[]escalation.Step{stage(5, someone(f.ann))},
			func(f *firm) { f.reached(f.ann, reach.Mail) },
			"! Only e-mail reaches Ann Alder: it does not ring.",
		},
		{"somebody with a desk", []escalation.Step{stage(5, someone(f.ann))}, func(f *firm) {
			f.reached(f.ann)
			who := f.Setup.People[f.ann]
			who.Devices = []workspace.Device{{ID: id.New[id.Device]()}}
			f.Setup = f.Setup.With(who)
		}, "! Only an open client reaches Ann Alder: while it is closed, nothing rings."},
		{
			"nowhere",
			[]escalation.Step{stage(5, whoever(f.eng)), stage(5, someone(f.cay))},
			func(f *firm) { f.reached(f.bob); f.reached(f.cay) },
			"! No step reaches anybody now: only the admins would be paged. | ! There is no way to reach Bob Birch and Cay Cedar.",
		},
		{
			"nobody at all",
			[]escalation.Step{stage(5, someone(f.cay))},
			func(f *firm) { f.reached(f.cay); f.reached(f.dan) },
			"! No step reaches anybody now, and no admin can be reached either: nobody would be paged. | ! There is no way to reach Cay Cedar.",
		},
		{
			"in a circle",
			[]escalation.Step{stage(5, whoever(f.eng)), stage(5, someone(f.bob)), stage(5, someone(f.bob), someone(f.ann))},
			nil,
			"Step 2 reaches nobody new now: everybody in it has been paged before.",
		},
		{
			"nobody from some time on",
			[]escalation.Step{stage(5, whoever(office))},
			nil,
			"Step 1 reaches nobody from 17:00 on: it will be skipped then. | Nobody is on call in Office: 17:00 – Fri 09:00.",
		},
		{"unless somebody else is there", []escalation.Step{stage(5, whoever(office), someone(f.ann))}, nil, "Nobody is on call in Office: 17:00 – Fri 09:00."},
		{
			"what has ended, what is unknown, who is gone",
			[]escalation.Step{stage(5, whoever(ended), someone(f.ann)), stage(5, escalation.Target{Rotation: id.Rotation{9}}, someone(id.Person{9}), someone(f.bob))},
			nil,
			"! The rotation Former has ended. | ! It names a rotation that this device does not know. | ! It names somebody who is not here any more.",
		},
	}
}

func TestPoliciesAreWarnedOfBeforeItMatters(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	office, ended := f.ordered(f.office(f.bob)), f.weekly(f.bob)
	office.Name, ended.Name = "Office", "Former"
	ended.Versions = append(ended.Versions, oncall.Version{From: f.at(20, 0, 0), Zone: "Europe/Berlin"})
	f.Rotations = append(f.Rotations, office, ended)
	for _, c := range f.doubtfuls(office, ended) {
		g := f.clone()
		if c.with != nil {
			c.with(g)
		}
		if got := warned(g.PolicyWarnings(escalation.Policy{Steps: c.steps}, g.Staff)); got != c.want {
			t.Errorf("%s:\nhave %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestThePageOfPoliciesSaysWhomIncidentsReach(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	shops := f.keeps(chain("Shops", 0, stage(5, whoever(f.eng))), 1, 3)
	f.keeps(chain("Spare", 0, stage(5, someone(f.ann))))
	retired := f.keeps(chain("Old", 0, stage(5, someone(f.ann))))
	f.Policies[2].State.Retired = true
	page := present.PoliciesFrom(f.Staff, f.View)
	if len(page.Policies) != 2 || len(page.Retired) != 1 || page.Retired[0].ID != retired || len(page.Warnings) != 0 {
		t.Fatalf("the page is %+v", page)
	}
	row, there := page.Policy(shops)
	if !there || row.For != "For SEV1 and SEV3" || !slices.Equal(row.Levels, []uint8{1, 3}) {
		t.Errorf("the one is %+v", row)
	}
	if spare := page.Policies[1]; spare.For != "For no severity" || warned(spare.Warnings) != "No severity goes by it: it pages nobody." {
		t.Errorf("the spare one is %+v", spare)
	}
	if _, there := page.Policy(retired); there {
		t.Error("what is retired is in force")
	}
	if r := page.Routes[2]; r.Words != "Shops" || !r.Quiet || r.Warning != "" || warned(row.Warnings) != "For SEV3 nothing rings at night: it waits until somebody looks." {
		t.Errorf("quiet it is %+v, %s", r, warned(row.Warnings))
	}
	f.theDefault(t, retired)
}

// theDefault looks at a severity that has no policy, or had one.
func (f *firm) theDefault(t *testing.T, retired id.Policy) {
	t.Helper()
	route := func() present.Route { return present.PoliciesFrom(f.Staff, f.View).Routes[1] }
	if r := route(); r.Words != "the admins" || r.Warning != "SEV2 has no policy, and IMOC has no rotation: only the admins are paged." {
		t.Errorf("without anything it is %+v", r)
	}
	f.Setup.Roles = slices.Clone(f.Setup.Roles)
	for i, role := range f.Setup.Roles {
		if role.Key == workspace.IMOC {
			f.Setup.Roles[i].Rotation = f.eng.ID
		}
	}
	if r := route(); r.Words != "whoever is on call as IMOC, else the admins" || !strings.HasPrefix(r.Warning, "SEV2 has no policy: if whoever is on call as IMOC") {
		t.Errorf("with a rotation it is %+v", r)
	}
	f.Setup.Severities[1].Policy = retired
	if r := route(); r.Words != "a policy that is no longer in force" || r.Warning == "" {
		t.Errorf("by what is retired it is %+v", r)
	}
	f.Setup.Severities[1].Policy, f.Setup.Severities[1].Quiet = id.Policy{}, true
	if r := route(); r.Warning != "" {
		t.Errorf("of what rings nowhere it warns: %s", r.Warning)
	}
	f.reached(f.dan)
	if got := warned(present.PoliciesFrom(f.Staff, f.View).Warnings); got != "! Nothing reaches any admin: where no step reaches anybody, nobody is paged." {
		t.Errorf("without an admin it warns: %s", got)
	}
}

func TestADraftOfAPolicySaysWhatIsWished(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	shops := f.keeps(chain("Shops", 1, escalation.Step{Targets: []escalation.Target{whoever(f.eng)}, Wait: 150 * time.Second}), 1)
	page := present.PoliciesFrom(f.Staff, f.View)
	row, _ := page.Policy(shops)
	d := present.PolicyDraftOf(row)
	if c, wrong := d.Command(f.View); c != nil || len(wrong) != 0 || len(d.Routes(page.Routes)) != 0 || d.Steps[0].Minutes != "2.5" {
		t.Errorf("of what is not touched comes %+v, %v", c, wrong)
	}
	begun := d.Clone()
	d.Steps[0].Targets = append(d.Steps[0].Targets, someone(f.ann))
	if len(begun.Steps[0].Targets) != 1 || d.Same(begun) || !begun.Same(begun.Clone()) {
		t.Error("a clone shares what is filled in")
	}
	d.Steps[0].Minutes, d.Repeats = " 2,5 ", "2"
	d.For(1, false)
	d.For(3, true)
	d.For(3, true)
	c, wrong := d.Command(f.View)
	got, _ := c.(escalation.DescribePolicy)
	if len(wrong) != 0 || got.Policy.Repeats != 2 || got.Policy.Steps[0].Wait != 150*time.Second || len(got.Policy.Steps[0].Targets) != 2 {
		t.Errorf("wished is %+v, %v", c, wrong)
	}
	if routes := fmt.Sprint(d.Routes(page.Routes)); routes != fmt.Sprint([]workspace.TermsCommand{
		workspace.RouteSeverity{Level: 1}, workspace.RouteSeverity{Level: 3, Policy: shops, Quiet: page.Routes[2].Quiet},
	}) {
		t.Errorf("the severities become %s", routes)
	}
	for _, wait := range []string{"", "0", "0.5", "1441", "NaN", "soon", "-1"} {
		d.Steps[0].Minutes = wait
		if c, wrong := d.Command(f.View); c != nil || wrong[present.WaitField(0)] == "" {
			t.Errorf("%q minutes are %+v", wait, c)
		}
	}
	d.Steps[0].Minutes = "1440"
	for _, often := range []string{"", "-1", "10", "x"} {
		d.Repeats = often
		if c, wrong := d.Command(f.View); c != nil || wrong["repeats"] == "" {
			t.Errorf("%q times are %+v", often, c)
		}
	}
	row.Record.State.Retired = true
	if c, _ := present.PolicyDraftOf(row).Command(f.View); c == nil {
		t.Error("what is retired cannot be taken up as it was")
	}
	fresh := present.NewPolicyDraft()
	if c, wrong := fresh.Command(f.View); c == nil || len(wrong) != 0 || !fresh.Fresh || len(fresh.Steps) != 1 {
		t.Errorf("a new one is %+v, %v", c, wrong)
	}
}

func TestWhatAStepMayNameIsFoundByItsName(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	all := present.PoliciesFrom(f.Staff, f.View).Targets
	names := func(found []present.Aim) string {
		var out []string
		for _, a := range found {
			out = append(out, a.Name)
		}
		return strings.Join(out, ", ")
	}
	for typed, want := range map[string]string{
		"": "", "eng": "Engineering", "B": "Bob Birch", "rotation": "Engineering", "d": "Ann Alder, Cay Cedar", "nobody": "",
	} {
		if got := names(present.MatchAims(all, typed, 2)); got != want {
			t.Errorf("%q finds %s, want %s", typed, got, want)
		}
	}
}
