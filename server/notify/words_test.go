package notify_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

func TestMessagesReadWell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		language            string
		brief               notify.Brief
		title, text, spoken string
	}{
		"in English": {
			"en",
			notify.Brief{Number: 47, Severity: "SEV1", Title: "Checkout\nis  down."},
			"SEV1 INC-47", "Checkout is down.", "This is Tsugi. You are being paged. SEV1, incident 47. Checkout is down.",
		},
		"in German": {
			"de-AT",
			notify.Brief{Number: 47, Severity: "SEV1", Title: "Die Kasse steht"},
			"SEV1 INC-47", "Die Kasse steht", "Hier ist Tsugi mit einem Alarm. SEV1, Vorfall 47. Die Kasse steht.",
		},
		"a drill": {
			"de",
			notify.Brief{Number: 48, Severity: "SEV2", Title: "Feuer im Keller", Kind: incident.GameDay},
			"Übung: SEV2 INC-48", "Feuer im Keller", "Hier ist Tsugi mit einem Alarm. Dies ist eine Übung. SEV2, Vorfall 48. Feuer im Keller.",
		},
		"a test": {
			"en",
			notify.Brief{Test: true, Severity: "SEV1", Title: "x"},
			"Test page", "This is only a test: nothing has happened. Acknowledge it to show that it reached you.",
			"This is Tsugi. You are being paged. This is only a test. Nothing has happened.",
		},
		"not numbered": {
			"en",
			notify.Brief{Severity: "SEV3", Title: "Printer on fire"},
			"SEV3", "Printer on fire", "This is Tsugi. You are being paged. SEV3. Printer on fire.",
		},
		"a private drill": {
			"en",
			notify.Brief{Severity: "SEV1", Title: "Somebody reads our mail", Private: true, Kind: incident.GameDay},
			"Drill: SEV1, private", "A private incident. What it is about stands in Tsugi.",
			"This is Tsugi. You are being paged. This is a drill. SEV1, a private incident. What it is about stands in Tsugi.",
		},
	} {
		h, f := newHouse(), &fake{channel: escalation.Push}
		h.standing.Brief, h.reach.Language = c.brief, c.language
		if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.Push, 1)); err != nil {
			t.Fatal(err)
		}
		if m := f.sent[0]; m.Title != c.title || m.Text != c.text || m.Spoken != c.spoken {
			t.Errorf("%s: %q, %q, %q", name, m.Title, m.Text, m.Spoken)
		}
	}
}

// Whatever else is said, nothing of a private incident's title leaves, nor a number that it has from when everybody saw it, and everything keeps its length.
func TestNothingPrivateLeaves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h, f := newHouse(), &fake{channel: escalation.Push}
		h.reach.Language = rapid.SampledFrom([]string{"en", "de"}).Draw(rt, "language")
		h.past.Held = rapid.IntRange(0, 3).Draw(rt, "held")
		b := &h.standing.Brief
		b.Private, b.Number = rapid.Bool().Draw(rt, "private"), rapid.Uint32Range(0, 2).Draw(rt, "number")
		b.Title = "QX" + rapid.String().Draw(rt, "title") + "QX" + strings.Repeat("long ", rapid.IntRange(0, 100).Draw(rt, "long"))
		b.Kind = incident.Kind(rapid.IntRange(0, 3).Draw(rt, "kind"))
		if err := h.pipeline(t, f).Deliver(t.Context(), taken(escalation.Push, 1)); err != nil {
			rt.Fatal(err)
		}
		m := f.sent[0]
		all := m.Title + m.Text + m.Spoken + m.Name + m.Link + m.Collapse
		if b.Private == strings.Contains(all, "QX") || b.Private && strings.Contains(all, "INC-") || len([]rune(m.Text)) > 260 || strings.ContainsAny(all, "\r\n") {
			rt.Fatalf("private %t: %+v", b.Private, m)
		}
	})
}

func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	if n := len(notify.Reasons()); n != 20 {
		t.Errorf("%d reasons; add new ones to TestReasonsKeepTheirNumbers too", n)
	}
	for _, tag := range words.Languages() {
		said := reflect.ValueOf(words.For(tag).Paging.Reasons)
		seen := map[string]bool{}
		for _, r := range notify.Reasons() {
			field := said.FieldByName(r.Key())
			if !field.IsValid() || field.String() == "" || seen[field.String()] {
				t.Errorf("%s: %d (%s) is not said, or as another", tag, r, r.Key())
				continue
			}
			seen[field.String()] = true
		}
	}
}

// The numbers are stored: what was written by a former version is read by this one.
func TestReasonsKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	for r, want := range map[notify.Reason]string{
		1: "Accepted", 2: "Arrived", 3: "PickedUp", 4: "NotDelivered", 5: "Unanswered", 6: "Busy",
		16: "Acknowledged", 17: "TooLate", 18: "CalledOff", 19: "Muted", 20: "NoAddress", 21: "SentBefore", 22: "Throttled", 23: "NoProvider",
		32: "AddressDead", 33: "InstallationWrong", 34: "AskedToWait", 35: "NotReached", 36: "Refused", 37: "GaveUp", 60: "",
	} {
		if got := r.Key(); got != want {
			t.Errorf("%d is %q, not %q", r, got, want)
		}
	}
	if got := notify.Reason(60); got.String() != "reason 60" || got.News() != 0 {
		t.Errorf("one of a later version: %s, %d", got, got.News())
	}
}

func TestEveryVerdictIsAnswered(t *testing.T) {
	t.Parallel()
	for _, tag := range words.Languages() {
		w := words.For(tag).Paging.Answers
		seen := map[string]notify.Verdict{}
		for v := notify.Taken; v < notify.Stranger; v++ {
			said := v.Say(w, "4711")
			if said == "" || said == w.Failed || seen[said] != 0 {
				t.Errorf("%s: %d says %q", tag, v, said)
			}
			seen[said] = v
		}
		if notify.Stranger.Say(w, "") != "" || notify.Verdict(0).Say(w, "") != w.Failed {
			t.Errorf("%s: a stranger hears %q, and who got no verdict %q", tag, notify.Stranger.Say(w, ""), notify.Verdict(0).Say(w, ""))
		}
	}
}

func TestCodesAreFourDigits(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for i := range 5000 {
		code := notify.Code(id.Derive[id.Page](id.Escalation{1}, string(rune(i))))
		if len(code) != 4 || strings.Trim(code, "0123456789") != "" || code[0] == '0' {
			t.Fatalf("%q", code)
		}
		seen[code]++
	}
	if len(seen) < 3500 {
		t.Errorf("5000 pages have only %d codes", len(seen))
	}
}
