package session_test

import (
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func (b *bundle) search(t *testing.T, text string) present.Results {
	t.Helper()
	r, err := b.Search(b.ctx, text, false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// marked returns a text with what is marked in brackets.
func marked(pieces []present.Piece) string {
	var out strings.Builder
	for _, p := range pieces {
		if p.Marked {
			out.WriteString("[" + p.Text + "]")
		} else {
			out.WriteString(p.Text)
		}
	}
	return out.String()
}

func TestWhatIsFoundIsShownWithEverythingOneNeeds(t *testing.T) {
	t.Parallel()
	b, ben := setup(t), actor()
	b.arrives(t, ben, incident.Declared{Title: "Disk of the shop is full", Severity: 2, Number: 214, Tags: []string{"shop"}})
	b.arrives(t, ben, said("db-7 has no disk left"))
	if err := b.Submit(b.ctx, b.state.ID, incident.Write{Entry: id.New[id.Entry](), Text: "I clear the disk"}); err != nil {
		t.Fatal(err)
	}
	r := b.search(t, "dis")
	if !r.Searched || r.More || r.Missing != "" || len(r.Hints) != 0 || len(r.Items) != 1 {
		t.Fatalf("found is %+v", r)
	}
	i := r.Items[0]
	if marked(i.Title) != "[Disk] of the shop is full" || i.Number != "INC-214" || i.Level != 2 || i.Severity != "SEV2" || i.State != "open" || i.When == "" || i.Pending {
		t.Errorf("the incident is %+v", i)
	}
	if len(i.Lines) != 2 || marked(i.Lines[0].Pieces) != "I clear the [disk]" || !i.Lines[0].Pending || i.Lines[0].Author.ID != b.me.Person {
		t.Errorf("the own line is %+v", i.Lines)
	}
	if l := i.Lines[1]; marked(l.Pieces) != "db-7 has no [disk] left" || l.Pending || l.Author.ID != ben.Person || l.Seq != 2 || l.When == "" || l.Exact == "" {
		t.Errorf("the other's line is %+v", l)
	}
}

func TestWhatIsUnfinishedIsSaidAndCompleted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "Disk is full", Severity: 2, Number: 1, Tags: []string{"shop"}})
	r := b.search(t, "disk sev:")
	if len(r.Items) != 1 || len(r.Hints) != 1 || r.Hints[0] != "sev: goes on with 1 to 5, several with commas" {
		t.Errorf("found is %+v", r)
	}
	if len(r.Completions) != 3 || r.Completions[1].Text != "sev:2" || r.Completions[1].Start != 5 || r.Completions[1].End != 9 || r.Completions[1].Detail == "" {
		t.Errorf("offered is %+v", r.Completions)
	}
	if r := b.search(t, "#s"); len(r.Completions) != 1 || r.Completions[0].Text != "#shop" || len(r.Items) != 1 {
		t.Errorf("of a tag %+v is offered", r)
	}
	if r := b.search(t, "-is:open by:nobody"); len(r.Hints) != 2 || r.Searched || len(r.Items) != 0 {
		t.Errorf("left aside is %+v", r)
	}
	for typed, want := range map[string]string{
		"sev:99":    "There is no sev:99 here, so it was left aside. What can follow is 1 to 5, several with commas.",
		"by:nobody": "There is no by:nobody here, so it was left aside. What can follow is me, or the beginning of a name.",
	} {
		if r := b.search(t, typed); r.Searched || len(r.Hints) != 1 || r.Hints[0] != want {
			t.Errorf("of %s is told %q, want %q", typed, r.Hints, want)
		}
	}
	if c, err := b.Completions(b.ctx, "is:m disk", 4); err != nil || len(c) != 1 || c[0].Text != "is:mitigated" {
		t.Errorf("in the middle %+v is offered, %v", c, err)
	}
	if r := b.search(t, ""); r.Searched || len(r.Items) != 1 || len(r.Hints)+len(r.Completions) != 0 {
		t.Errorf("of nothing comes %+v", r)
	}
}

func TestSimilarIncidentsAreOfferedWhileTheTitleIsTyped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.arrives(t, actor(), incident.Declared{Title: "Checkout fails", Severity: 1, Number: 7})
	got, err := b.Similar(b.ctx, "the checko")
	if err != nil || len(got) != 1 || got[0].ID != b.state.ID || got[0].Number != "INC-7" || !got[0].Burning || got[0].People != 1 || got[0].When == "" {
		t.Errorf("similar is %+v, %v", got, err)
	}
	for _, title := range []string{"", "  ", "is down", "qwertz"} {
		if got, err := b.Similar(b.ctx, title); err != nil || len(got) != 0 {
			t.Errorf("%q is like %+v, %v", title, got, err)
		}
	}
}
