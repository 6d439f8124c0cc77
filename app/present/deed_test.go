package present_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func kinds(list []present.Deed) []present.DeedKind {
	var out []present.DeedKind
	for _, d := range list {
		out = append(out, d.Kind)
	}
	return out
}

func TestWhatCanBeDoneFollowsFromWhoServes(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	theirs, own, office := r.weekly(r.bob), r.weekly(r.ann), r.ordered(r.office(r.bob))
	covered := r.replaced(theirs, r.bob, r.cay, r.at(23, 0, 0), r.at(24, 0, 0))
	wanted := r.does(theirs, r.bob, oncall.RequestCover{Cover: id.New[id.Cover](), From: r.at(23, 0, 0), Until: r.at(24, 0, 0)})
	asked := r.does(own, r.ann, oncall.RequestCover{Cover: id.New[id.Cover](), From: r.at(23, 0, 0), Until: r.at(24, 0, 0)})
	shift := present.Selection{From: r.at(19, 9, 0), Until: r.at(26, 9, 0), Bar: present.Bar{From: r.at(19, 9, 0)}}
	friday := present.Selection{From: r.at(23, 0, 0), Until: r.at(24, 0, 0)}
	exception := friday
	exception.Bar = present.Bar{Exception: true, Override: covered.Overrides[0].ID}
	for _, c := range []struct {
		name string
		in   oncall.Rotation
		s    present.Selection
		want []present.DeedKind
	}{
		{"somebody's shift that has begun", theirs, shift, []present.DeedKind{present.TakeNow, present.Give, present.AddSomebody, present.TakeOff}},
		{"a part of it", theirs, friday, []present.DeedKind{present.TakeOver, present.Give, present.AddSomebody, present.TakeOff}},
		{"one's own", own, friday, []present.DeedKind{present.WantCover, present.Give, present.AddSomebody, present.TakeOff}},
		{"a gap", office, present.Selection{From: r.at(24, 0, 0), Until: r.at(25, 0, 0)}, []present.DeedKind{present.AddSomebody}},
		{"an exception", covered, exception, []present.DeedKind{present.TakeOver, present.Give, present.AddSomebody, present.TakeOff, present.TakeBack}},
		{"a request", wanted, friday, []present.DeedKind{present.GiveCover, present.TakeOver, present.Give, present.AddSomebody, present.TakeOff}},
		{"an own request", asked, friday, []present.DeedKind{present.WithdrawCover, present.WantCover, present.Give, present.AddSomebody, present.TakeOff}},
		{"what is over", theirs, present.Selection{From: r.at(20, 0, 0), Until: r.at(21, 0, 0)}, nil},
	} {
		deeds := r.Deeds(c.in, c.s, r.now)
		if diff := cmp.Diff(c.want, kinds(deeds)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		for _, d := range deeds {
			filled := present.Filled{Who: r.dan, From: d.From, Until: d.Until, Note: "why"}
			if d.From.Before(r.now) || strings.TrimSpace(d.Words) == "" {
				t.Errorf("%s: %+v", c.name, d)
			}
			wish := d.Command(filled, r.ann, id.New[[16]byte]())
			if _, err := oncall.Decide(c.in, r.Setup, wish, r.Self, r.now); err != nil {
				t.Errorf("%s: %q is refused: %v", c.name, d.Words, err)
			}
		}
	}
}

func TestAPreviewSaysWhoGainsAndWhoLoses(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	before := r.ordered(r.office(r.bob, r.cay))
	edited := before.Versions[0]
	edited.Layers = slices.Clone(edited.Layers)
	edited.Layers[0].Places = []oncall.Place{{r.bob}, {r.dan}}
	foresee := func(state oncall.Rotation, wishes ...oncall.Command) present.Preview {
		t.Helper()
		p, err := present.Foresee(state, wishes, r.now, r.View)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	got := foresee(before, oncall.EditRotation{Version: oncall.Version{Zone: edited.Zone, Layers: edited.Layers}})
	want := []present.PreviewLine{
		{When: "Mon 09:00 – Fri 30 Oct 17:00, 5 times", Before: "Cay Cedar", After: "Dan Dogwood"},
		{When: "Mon 9 Nov 09:00 – Fri 13 Nov 17:00, 5 times", Before: "Cay Cedar", After: "Dan Dogwood"},
	}
	if diff := cmp.Diff(want, got.Lines[:2]); diff != "" {
		t.Error(diff)
	}
	if got.Begins != "It holds at once." || got.More != 0 || len(got.Gaps) != 0 || got.Quiet != "" {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]string{"Cay Cedar: 6 days 16 h less", "Dan Dogwood: 6 days 16 h more"}, got.Totals); diff != "" {
		t.Error(diff)
	}
	off := foresee(before, oncall.AddOverride{Override: oncall.Override{ID: id.New[id.Override](), Deed: oncall.Remove, Out: r.bob, From: r.at(23, 0, 0), Until: r.at(24, 0, 0)}})
	if len(off.Lines) != 1 || !off.Lines[0].Gap || off.Lines[0].After != "nobody" || off.Begins != "" {
		t.Errorf("%+v", off)
	}
	if diff := cmp.Diff([]string{"Fri 09:00 – 17:00"}, off.Gaps); diff != "" {
		t.Error(diff)
	}
	ends := foresee(before, oncall.EndRotation{})
	if ends.Begins != "It holds from 17:00 on." || len(ends.Lines) == 0 || len(ends.Gaps) != 0 {
		t.Errorf("%+v", ends)
	}
	if same := foresee(before, oncall.RenameRotation{Name: "Shops"}); same.Quiet == "" || len(same.Lines) != 0 {
		t.Errorf("%+v", same)
	}
	fresh := foresee(oncall.Rotation{}, oncall.CreateRotation{Name: "Shops", Version: oncall.Version{Zone: "Europe/Berlin", Layers: before.Versions[0].Layers}})
	if len(fresh.Lines) == 0 || fresh.Lines[0].Before != "" || len(fresh.Totals) != 0 || len(fresh.Gaps) == 0 {
		t.Errorf("%+v", fresh)
	}
}

func TestWhatTheRulesRefuseIsForeseenAsRefused(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	state := r.weekly(r.bob)
	state.Ordered.Seq = 7
	_, err := present.Foresee(state, []oncall.Command{oncall.EditRotation{Base: oncall.Base{Seq: 3}, Version: state.Versions[0]}}, r.now, r.View)
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("an edit of what is no longer so: %v", err)
	}
}

func TestEveryTroubleHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, tag := range words.Languages() {
		r := newRota(t)
		r.Words = words.For(tag)
		state, seen := r.weekly(r.bob), map[string]bool{}
		for trouble := oncall.NobodyOnCall; trouble <= oncall.NobodyReplaced; trouble++ {
			text := r.Warning(oncall.Warning{
				Trouble: trouble, Span: oncall.Span{From: r.at(23, 0, 0), Until: r.at(24, 0, 0)}, Layer: state.Versions[0].Layers[0].ID, Person: r.bob, Zone: "Moon/Base",
			}, state, r.now)
			if seen[text] || text == r.Words.OnCall.WarnOther || strings.Contains(text, "%!") {
				t.Errorf("%s: trouble %d is told as %q", tag, trouble, text)
			}
			seen[text] = true
		}
	}
}

func TestWarningsAreToldOnThePage(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	state := r.ordered(r.office(r.bob, id.Person{'X'}))
	got := present.OnCallFrom(present.OnCallParams{Rotations: []oncall.Rotation{state}, Now: r.now}, r.View).Chosen.Warnings
	if len(got) != 2 || !strings.HasPrefix(got[0], "Nobody is on call 17:00 – Fri 09:00. So it is 39 more times") || got[1] != "somebody takes turns, but is not here any more." {
		t.Errorf("%q", got)
	}
}

func TestOrdersReadLikeSentences(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	german := r.View
	german.Words = words.German()
	layer := func(change func(*oncall.Layer), people ...id.Person) oncall.Layer {
		l := r.layer(oncall.Week, oncall.On(2026, 10, 19, 9, 0), people...)
		change(&l)
		return l
	}
	every := func(u oncall.Unit, n int) func(*oncall.Layer) {
		return func(l *oncall.Layer) { l.Unit, l.Every = u, n }
	}
	for _, c := range []struct {
		layer           oncall.Layer
		english, german string
	}{
		{layer(func(*oncall.Layer) {}, r.ann, r.bob, r.cay), "Ann Alder, Bob Birch and Cay Cedar take turns every week, handing over on Monday at 09:00 (Europe/Berlin).", "Ann Alder, Bob Birch und Cay Cedar wechseln sich wöchentlich ab, Übergabe am Montag um 09:00 (Europe/Berlin)."},
		{layer(every(oncall.Hour, 8), r.ann, r.bob), "Ann Alder and Bob Birch take turns every 8 hours, handing over at 09:00 (Europe/Berlin).", ""},
		{layer(every(oncall.Day, 1), r.ann, r.bob), "Ann Alder and Bob Birch take turns every day, handing over at 09:00 (Europe/Berlin).", ""},
		{layer(every(oncall.Month, 2), r.ann, r.bob), "Ann Alder and Bob Birch take turns every 2 months, handing over on day 19 at 09:00 (Europe/Berlin).", ""},
		{layer(every(oncall.Year, 1), r.ann, r.bob), "Ann Alder and Bob Birch take turns every year, handing over on 19 Oct at 09:00 (Europe/Berlin).", ""},
		{layer(func(*oncall.Layer) {}, r.ann), "Ann Alder is always on call.", "Ann Alder hat immer Bereitschaft."},
		{layer(func(l *oncall.Layer) { l.Places = []oncall.Place{{r.ann, r.bob}} }), "Ann Alder and Bob Birch are always on call together.", ""},
		{layer(func(l *oncall.Layer) { l.Places = []oncall.Place{{r.ann, r.bob}, {r.cay}} }), "Ann Alder + Bob Birch and Cay Cedar take turns every week, handing over on Monday at 09:00 (Europe/Berlin).", ""},
		{r.office(r.ann), "Ann Alder is on call Mon–Fri 09:00–17:00 (Europe/Berlin).", "Ann Alder hat Bereitschaft: Mo–Fr 09:00–17:00 (Europe/Berlin)."},
		{layer(func(l *oncall.Layer) {
			l.Zone = "Asia/Tokyo"
			l.Hours = []oncall.Window{{Days: 127, From: 0, Until: 60}, {Days: oncall.DaysOf(time.Sunday, time.Saturday, time.Tuesday), From: 60, Until: 1440}}
		}, r.ann, r.bob), "Ann Alder and Bob Birch take turns every week, handing over on Monday at 09:00 (Asia/Tokyo). Only daily 00:00–01:00, Tue, Sat, Sun 01:00–24:00.", ""},
		{layer(func(*oncall.Layer) {}), "Nobody takes turns.", "Niemand wechselt sich ab."},
	} {
		if got := r.Order(c.layer, "Europe/Berlin"); got != c.english {
			t.Errorf("%q, want %q", got, c.english)
		}
		if got := german.Order(c.layer, "Europe/Berlin"); c.german != "" && got != c.german {
			t.Errorf("%q, want %q", got, c.german)
		}
	}
	high, beside, low := r.office(r.ann), r.office(r.bob), r.office(r.cay)
	high.Priority, high.Name, beside.Priority = 2, "office", 2
	got := r.Orders(oncall.Version{Zone: "Europe/Berlin", Layers: []oncall.Layer{low, high, beside}})
	if len(got) != 3 || !strings.HasPrefix(got[0], "office: Ann") || !strings.HasPrefix(got[1], "at the same time, Bob") || !strings.HasPrefix(got[2], "where nobody above serves, Cay") {
		t.Errorf("%q", got)
	}
}

func TestEveryChangeOfARotationHasWords(t *testing.T) {
	t.Parallel()
	for _, tag := range words.Languages() {
		r := newRota(t)
		r.Words = words.For(tag)
		state := r.weekly(r.bob)
		order, span := state.Versions[0], oncall.Override{ID: id.New[id.Override](), From: r.at(23, 0, 0), Until: r.at(24, 0, 0), In: r.ann, Out: r.bob, By: r.cay}
		seen := map[string]bool{}
		note := func(text string) {
			t.Helper()
			if seen[text] || text == "" || text == r.Words.OnCall.DidOther || strings.Contains(text, "%!") {
				t.Errorf("%s: %q", tag, text)
			}
			seen[text] = true
		}
		var records []present.RotationRecord
		for _, e := range []oncall.Event{
			oncall.RotationCreated{Name: "Shops", Version: order},
			oncall.RotationRenamed{Name: "Shops"},
			oncall.RotationOrdered{Version: order},
			oncall.RotationOrdered{Version: oncall.Version{From: r.now}},
			oncall.OverrideEnded{From: r.now},
			oncall.CoverRequested{Cover: oncall.Cover{From: r.now, Until: r.at(24, 0, 0), Note: "a wedding"}},
			oncall.CoverWithdrawn{},
		} {
			records = append(records, present.RotationRecord{Event: e, At: id.Envelope{Actor: id.Actor{Person: r.cay}}})
		}
		for deed := oncall.Replace; deed <= oncall.Instead; deed++ {
			o := span
			o.Deed = deed
			records = append(records, present.RotationRecord{Event: oncall.OverrideAdded{Override: o}})
		}
		taken, covers := span, span
		taken.Deed, taken.By, covers.Deed, covers.Cover = oncall.Replace, r.ann, oncall.Replace, id.New[id.Cover]()
		records = append(records, present.RotationRecord{Event: oncall.OverrideAdded{Override: taken}}, present.RotationRecord{Event: oncall.OverrideAdded{Override: covers}})
		for _, c := range present.OnCallFrom(present.OnCallParams{Rotations: []oncall.Rotation{state}, Now: r.now, History: records}, r.View).Chosen.History {
			note(c.What)
		}
		clear(seen)
		for _, c := range []oncall.Command{
			oncall.CreateRotation{Name: "Shops", Version: order},
			oncall.RenameRotation{Name: "Shops"},
			oncall.EditRotation{Version: oncall.Version{Layers: order.Layers}},
			oncall.EditRotation{Version: order},
			oncall.EndRotation{},
			oncall.EndRotation{From: r.now},
			oncall.AddOverride{Override: oncall.Override{Deed: oncall.Remove, Out: r.bob, From: r.now, Until: r.at(24, 0, 0)}},
			oncall.RemoveOverride{},
			oncall.TakeShift{From: r.bob},
			oncall.RequestCover{From: r.now, Until: r.at(24, 0, 0)},
			oncall.WithdrawCover{},
			oncall.OfferCover{},
		} {
			got := present.ChangeFrom(present.Change{Title: "Engineering", At: r.now}, c, nil, r.View)
			note(got.What)
			if got.Title != "Engineering" || got.Text != got.What {
				t.Errorf("%s: %+v", tag, got)
			}
		}
	}
}

func TestAConflictAboutARotationNamesBothOrders(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	refusal := &fault.Fault{Kind: fault.Conflict, Message: "Somebody else changed the rotation meanwhile.", Standing: &fault.Standing{Field: "rotation", At: r.now}}
	got := present.ChangeFrom(present.Change{At: r.now}, oncall.EndRotation{}, refusal, r.View)
	if got.State != present.Conflict || got.Standing != "their order" || got.Wanted != "your order" {
		t.Errorf("%+v", got)
	}
}

func TestADraftThatChangesNothingWishesForNothing(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	high, beside, low := r.office(r.ann), r.office(r.bob), r.office(r.cay)
	high.Priority, beside.Priority, low.Priority, low.Zone = 40, 40, 7, "Asia/Tokyo"
	state := r.ordered(low, high, beside)
	chosen := present.OnCallFrom(present.OnCallParams{Rotations: []oncall.Rotation{state}, Now: r.now}, r.View).Chosen
	d := present.DraftOf(chosen)
	if wishes, wrong := d.Commands(r.now, r.View); len(wishes)+len(wrong) != 0 {
		t.Errorf("it wishes for %+v, %v", wishes, wrong)
	}
	d.Name = " Shops "
	if wishes, _ := d.Commands(r.now, r.View); len(wishes) != 1 || wishes[0] != (oncall.RenameRotation{Name: "Shops"}) {
		t.Errorf("renamed, it wishes for %+v", wishes)
	}
	d = present.DraftOf(chosen)
	d.Layers[0].Places[0][0] = r.dan
	d.Layers[2].Beside = true
	wishes, _ := d.Commands(r.now, r.View)
	if len(wishes) != 1 {
		t.Fatalf("edited, it wishes for %+v", wishes)
	}
	edit, _ := wishes[0].(oncall.EditRotation)
	if l := edit.Version.Layers; edit.Base.Seq != 1 || l[0].Places[0][0] != r.dan || l[0].Priority != l[1].Priority || l[1].Priority != l[2].Priority || l[2].Zone != "Asia/Tokyo" {
		t.Errorf("edited, it wishes for %+v", edit)
	}
	if state.Versions[0].Layers[1].Places[0][0] != r.ann {
		t.Error("filling in changed the rotation itself")
	}
}

func TestWhatCannotBeReadIsToldAtItsField(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	d := present.NewRotationDraft(r.now, r.View)
	if d.Zone != "Europe/Berlin" || d.Layers[0].Anchor != "2026-10-19 09:00" {
		t.Errorf("it begins with %+v", d)
	}
	d.Soft, d.From, d.Layers[0].Every, d.Layers[0].Anchor = false, "soon", "often", "then"
	d.Layers[0].Limited, d.Layers[0].Hours = true, []present.HoursDraft{{Days: 1, From: "9", Until: "17:00"}, {From: "09:00", Until: "24:00"}, {Days: 1, From: "09:00", Until: "24:00"}}
	_, wrong := d.Commands(r.now, r.View)
	w := r.Words.OnCall
	want := present.Problems{"from": w.MomentWrong, "layer 1 every": w.NumberWrong, "layer 1 anchor": w.MomentWrong, "layer 1 hours 1": w.ClockWrong, "layer 1 hours 2": w.DaysWrong}
	if diff := cmp.Diff(want, wrong); diff != "" {
		t.Error(diff)
	}
}

func TestALayerBelowStepsInAndOneBesideCountsTheSame(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	d := present.NewRotationDraft(r.now, r.View)
	d.Name = "Shops"
	for range 3 {
		d.Layers = append(d.Layers, present.NewLayerDraft(r.now, r.View))
	}
	d.Layers[2].Beside = true
	for i := range d.Layers {
		d.Layers[i].Places = []oncall.Place{{r.bob}}
	}
	wishes, wrong := d.Commands(r.now, r.View)
	create, ok := wishes[0].(oncall.CreateRotation)
	if !ok || len(wrong) > 0 {
		t.Fatalf("%+v, %v", wishes, wrong)
	}
	var ranks []int
	for _, l := range create.Version.Layers {
		ranks = append(ranks, l.Priority)
	}
	if ranks[0] <= ranks[1] || ranks[1] != ranks[2] || ranks[2] <= ranks[3] || ranks[3] < 0 {
		t.Errorf("the ranks are %v", ranks)
	}
	if _, err := oncall.Decide(oncall.Rotation{}, r.Setup, create, r.Self, r.now); err != nil {
		t.Errorf("it is refused: %v", err)
	}
}

func TestAnEditOnOnesOwnPendingOrderNamesIt(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	state := r.weekly(r.bob)
	state.Seq, state.Ordered = 2, oncall.Mark{Seq: 2, Command: id.New[id.Command]()}
	history := []present.RotationRecord{{Event: oncall.RotationOrdered{Version: state.Versions[0]}, Pending: true, At: id.Envelope{StreamSeq: 2, Command: state.Ordered.Command}}}
	got := present.OnCallFrom(present.OnCallParams{Rotations: []oncall.Rotation{state}, History: history, Now: r.now}, r.View).Chosen.Base
	if want := (oncall.Base{Seq: 1, After: state.Ordered.Command}); got != want {
		t.Errorf("it rests on %+v", got)
	}
	history[0].Pending = false
	if got := present.OnCallFrom(present.OnCallParams{Rotations: []oncall.Rotation{state}, History: history, Now: r.now}, r.View).Chosen.Base; got != (oncall.Base{Seq: 2}) {
		t.Errorf("confirmed, it rests on %+v", got)
	}
}

func TestWhoeverIsOnlyTwiceFirstNamedIsCalledByTheWholeName(t *testing.T) {
	t.Parallel()
	r := newRota(t)
	for i := range 3 {
		p := id.Person{'Z', byte(i)}
		r.Setup = r.Setup.With(workspace.Person{ID: p, Seq: 1, Name: "Bob " + string(rune('X'+i))})
	}
	got := drawn(r.calendar(present.OnCallQuery{}, r.weekly(r.bob)))
	if !strings.Contains(got, "Bob Birch,") {
		t.Errorf("drawn is\n%s", got)
	}
}
