package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

// policyScenes are the pictures of the page of whom incidents reach.
func policyScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(make func(*testing.T) *paging, do func(e eyes, p *paging)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			p := make(t)
			d := desk(t, p.fake, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			e := eyes{t, d, d.Window().Canvas()}
			e.ctrl(fyne.Key7)
			do(e, p)
			return d
		}
	}
	none := func(eyes, *paging) {}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"policy-empty": scene(chained, none),
		"policy-one": scene(func(t *testing.T) *paging {
			p := chained(t)
			p.keeps(t, escalation.Policy{Name: "Shops are down", Steps: []escalation.Step{pages(5, byRotation(p.imoc)), pages(15, byName(p.dora))}}, 1)
			return p
		}, none),
		"policy-two":    scene(routed, none),
		"policy-many":   scene(many, none),
		"policy-warned": scene(doubtful, none),
		"policy-offline": scene(routed, func(e eyes, p *paging) {
			p.conn = present.Connection{Reach: present.Offline, Since: p.now().Add(-42 * time.Minute)}
			e.Changed()
			e.tap("edit " + p.shops.String())
			e.to("repeats")
			e.retype("1")
			e.tap("save")
		}),
		"policy-route": scene(routed, func(e eyes, _ *paging) { e.to("route 1"); e.key(fyne.KeyReturn) }),
		"policy-role":  scene(routed, func(e eyes, _ *paging) { e.to("role imoc"); e.key(fyne.KeyReturn) }),
		"policy-new": scene(chained, func(e eyes, _ *paging) {
			e.tap("first policy")
			e.types("Shops are down")
			e.to("step 1")
			e.types("eng")
		}),
		"policy-edit": scene(routed, func(e eyes, p *paging) { e.tap("edit " + p.shops.String()) }),
		"policy-edit-warned": scene(doubtful, func(e eyes, p *paging) {
			e.tap("edit " + p.shops.String())
		}),
		"policy-wrong": scene(chained, func(e eyes, _ *paging) {
			e.tap("first policy")
			e.to("step 1 wait")
			e.retype("soon")
			e.tap("save")
		}),
		"policy-retire":   scene(routed, func(e eyes, p *paging) { e.tap("edit " + p.shops.String()); e.tap("retire") }),
		"policy-150":      scene(doubtful, func(e eyes, _ *paging) { larger(e) }),
		"policy-edit-150": scene(routed, func(e eyes, p *paging) { larger(e); e.tap("edit " + p.shops.String()) }),
	}
}

// larger shows text half as large again.
func larger(e eyes) {
	for range 5 {
		e.ctrl(fyne.KeyEqual)
	}
}

// many is a company with many policies, some of them long.
func many(t *testing.T) *paging {
	t.Helper()
	p := routed(t)
	for i := range 12 {
		long := escalation.Policy{Name: fmt.Sprintf("Policy number %d for a part of the company with a long name", i+1), Repeats: i % 4}
		for step := range 1 + i%6 {
			long.Steps = append(long.Steps, pages(5+step, byRotation([]id.Rotation{p.eng, p.press, p.imoc, p.legal}[step%4]), byName([]id.Actor{p.cleo, p.dora, p.eli, p.self}[step%4])))
		}
		p.keeps(t, long)
	}
	p.keeps(t, escalation.Policy{Name: strings.Repeat("endless", 17), Steps: []escalation.Step{pages(5, byName(p.eli))}})
	return p
}

// doubtful is a company in which much is wrong, before it matters.
func doubtful(t *testing.T) *paging {
	t.Helper()
	p := chained(t)
	p.reachable(p.dora.Person)
	p.reachable(p.self.Person, reach.Mail)
	gone := p.person("Finn Gone", "Press", false, "finn-desk")
	p.shops = p.keeps(t, escalation.Policy{
		Name: "Shops are down", Repeats: 2,
		Steps: []escalation.Step{pages(5, byRotation(p.eng)), pages(5, byRotation(p.legal)), pages(5, byName(p.cleo)), pages(10, byName(p.self), byName(gone))},
	}, 1)
	delete(p.setup.People, gone.Person)
	p.nights = p.keeps(t, escalation.Policy{Name: "Nowhere", Steps: []escalation.Step{pages(5, byRotation(p.legal))}}, 2)
	retired := p.keeps(t, escalation.Policy{Name: "Former", Steps: []escalation.Step{pages(5, byName(p.eli))}}, 3)
	if err := p.chain(retired, p.cleo, escalation.RetirePolicy{}); err != nil {
		t.Fatal(err)
	}
	return p
}
