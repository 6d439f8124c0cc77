package present_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func (f *firm) publishes(p id.Person, number string) {
	who := f.Setup.People[p]
	who.Number = number
	f.Setup = f.Setup.With(who)
}

func called(c present.Calls) string {
	var out []string
	for _, one := range c.Callees {
		out = append(out, strings.TrimSpace(one.Name+" "+one.Number+" "+one.Why))
	}
	return strings.Join(out, "; ")
}

// unsent is an incident of a severity that Ann has declared and the server does not know.
func (f *firm) unsent(level workspace.Level) incident.Incident {
	return incident.Incident{
		ID: id.New[id.Incident](), Seq: 1, Title: "Checkout fails", Severity: level, Status: incident.Open, DeclaredBy: f.ann, DeclaredAt: f.now, Kind: incident.Real,
	}
}

func TestWhoeverIsFirstInTurnCanBeCalledWithoutTheServer(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.publishes(f.bob, "+491701")
	f.publishes(f.dan, "+491704")
	since := f.at(22, 10, 2)
	calls := func(i incident.Incident) present.Calls { return f.CallsFrom(i, since, f.View) }
	c := calls(f.unsent(1))
	if called(c) != "Dan Dogwood +491704 admin" || c.Head != "Call or text them yourself. This is who comes first, as this device knew it at 10:02:" || c.None != "" {
		t.Errorf("without anything it offers %s, %+v", called(c), c)
	}
	f.keeps(chain("Shops", 0, stage(5, whoever(f.eng)), stage(5, someone(f.bob), someone(f.cay), someone(f.ann))), 1)
	if got := called(calls(f.unsent(1))); got != "Bob Birch +491701 on call in Engineering; Cay Cedar" {
		t.Errorf("by its policy it offers %s", got)
	}
	f.reached(f.bob) // nothing pages him, and he has a telephone
	if got := called(calls(f.unsent(1))); !strings.HasPrefix(got, "Bob Birch +491701") {
		t.Errorf("of who cannot be paged it offers %s", got)
	}
	f.Setup.Roles = append([]workspace.Role(nil), f.Setup.Roles...)
	f.Setup.Roles[0].Rotation = f.eng.ID
	if got := called(calls(f.unsent(2))); f.Setup.Roles[0].Key != workspace.IMOC || got != "Bob Birch +491701 on call in Engineering" {
		t.Errorf("without a policy it offers %s", got)
	}
	for name, quiet := range map[string]func(*incident.Incident){
		"a near miss":    func(i *incident.Incident) { i.Kind = incident.NearMiss },
		"what is closed": func(i *incident.Incident) { i.Status = incident.Closed },
	} {
		i := f.unsent(1)
		if quiet(&i); calls(i).Head != "" {
			t.Errorf("for %s it offers %s", name, called(calls(i)))
		}
	}
	if c := f.CallsFrom(f.unsent(1), time.Time{}, f.View); !strings.HasSuffix(c.Head, "as far as this device knows:") {
		t.Errorf("when it never was reached it says %q", c.Head)
	}
	f.publishes(f.bob, "")
	if c := calls(f.unsent(1)); !strings.HasPrefix(c.None, "None of them has published a number") {
		t.Errorf("without numbers it says %+v", c)
	}
}

// Of a private incident only those are offered who see it, and its title goes to no telephone.
func TestAPrivateIncidentIsNotTexted(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.keeps(chain("Shops", 0, stage(5, whoever(f.eng))), 1)
	for _, p := range []id.Person{f.bob, f.cay} {
		f.publishes(p, "+49170")
	}
	text := func(c present.Callee) string {
		_, body, _ := strings.Cut(c.Text, "sms:+49170?body=")
		body, err := url.PathUnescape(body)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	open := f.CallsFrom(f.unsent(1), f.now, f.View).Callees[0]
	if open.Call != "tel:+49170" || text(open) != "SEV1: Checkout fails. Declared at 10:44. The server is not reached, so nobody is being paged: this is from me." {
		t.Errorf("%q, %q", open.Call, text(open))
	}
	hidden := f.unsent(1)
	hidden.Private, hidden.Admitted = true, []id.Person{f.ann, f.cay}
	c := f.CallsFrom(hidden, f.now, f.View)
	if called(c) != "Cay Cedar +49170" || strings.Contains(text(c.Callees[0]), "Checkout") || text(c.Callees[0]) == "" {
		t.Errorf("it offers %s and writes %q", called(c), text(c.Callees[0]))
	}
	hidden.Admitted, hidden.DeclaredBy = []id.Person{f.ann, f.bob}, f.bob
	if c := f.CallsFrom(hidden, f.now, f.View); c.Head != "" {
		t.Errorf("in place of who sees it, it offers %s", called(c))
	}
	hidden.Admitted = []id.Person{f.ann}
	if c := f.CallsFrom(hidden, f.now, f.View); c.Head != "" {
		t.Errorf("where nobody sees it, it offers %s", called(c))
	}
}
