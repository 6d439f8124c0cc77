package calendar

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// refresh is how often calendars are asked to look again; most have their own mind.
const refresh = "PT1H"

// page is a calendar that is being written.
type page struct {
	feed  people.Feed
	setup workspace.Setup
	words words.Calendar
	out   *ics.Calendar
}

func newPage(f people.Feed, w workspace.Setup) *page {
	p := &page{feed: f, setup: w, words: words.For(f.Language).Calendar, out: ics.NewCalendarFor("Tsugi")}
	p.out.SetCalscale("GREGORIAN")
	p.out.SetRefreshInterval(refresh)
	p.out.SetXPublishedTTL(refresh)
	return p
}

// name says what the calendar is called.
func (p *page) name(of []ledger.Rotation) {
	name := p.words.All
	switch {
	case p.feed.Kind == oncall.OwnShifts:
		name = fmt.Sprintf(p.words.Own, p.person(p.feed.Person))
	case p.feed.Kind == oncall.OneRotation && len(of) == 1:
		name = fmt.Sprintf(p.words.One, of[0].Name)
	}
	p.out.SetName(legible(name))
	p.out.SetXWRCalName(legible(name))
}

// add writes one shift, which meets a span. It keeps its name, and so its place in a calendar, for as long as the same person's duty in the
// rotation begins at the same time, whatever becomes of its end, its reason and what rotation and person are called.
func (p *page) add(r ledger.Rotation, s oncall.Shift, in oncall.Span) {
	e := p.out.AddEvent(UID(r.ID, s))
	e.SetDtStampTime(r.Changed)
	e.SetModifiedAt(r.Changed)
	e.SetSequence(int(r.Seq))
	from, until := s.From, s.Until
	if from.IsZero() { // who serves without an end does so before and behind the calendar
		from = in.From
	}
	if until.IsZero() {
		until = in.Until
	}
	e.SetStartAt(wholeSeconds(from))
	e.SetEndAt(wholeSeconds(until))
	e.SetSummary(legible(p.summary(r, s)))
	if !s.Reason.For.IsZero() {
		e.SetDescription(legible(fmt.Sprintf(p.words.InPlaceOf, p.person(s.Reason.For))))
	}
	e.SetStatus(ics.ObjectStatusConfirmed)
	e.SetTimeTransparency(ics.TransparencyTransparent) // who is on call can be invited all the same
}

func (p *page) summary(r ledger.Rotation, s oncall.Shift) string {
	if p.feed.Kind == oncall.OwnShifts {
		return fmt.Sprintf(p.words.Yours, r.Name)
	}
	return fmt.Sprintf(p.words.Shift, r.Name, p.person(s.Person))
}

func (p *page) person(who id.Person) string {
	if known, ok := p.setup.People[who]; ok {
		return known.Name
	}
	return p.words.Somebody
}

func (p *page) bytes() ([]byte, error) {
	var out bytes.Buffer
	err := p.out.SerializeTo(&out, ics.WithNewLineWindows) // RFC 5545, 3.1: lines end with CRLF on every system
	if err != nil {
		return nil, fmt.Errorf("write a calendar: %w", err)
	}
	return out.Bytes(), nil
}

// UID returns what calendars know a shift by: nobody has two shifts in one rotation that begin at the same time.
func UID(r id.Rotation, s oncall.Shift) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "tsugi shift\x00%s %s %d", r, s.Person, s.From.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(sum[:18]) + "@tsugi"
}

// wholeSeconds returns the first second from t on: calendars know no parts of one. Who hands over and who takes over meet there.
func wholeSeconds(t time.Time) time.Time {
	if whole := t.Truncate(time.Second); whole.Before(t) {
		return whole.Add(time.Second)
	}
	return t
}

// legible returns text without what no calendar may hold (RFC 5545, 3.1: no control characters but the tab).
func legible(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (r < ' ' || r == 0x7f) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
