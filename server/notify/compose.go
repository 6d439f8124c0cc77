package notify

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// maxText is how much of a title goes out, in code points: enough to know what it is about.
const maxText = 160

// compose words what a person is told. What a private incident is about is in none of it.
func compose(d draft) Message {
	s := d.standing
	w := words.For(d.reach.Language)
	m := Message{
		Page: d.Page, Incident: d.Incident, Person: s.Person, Severity: s.Brief.Level, Urgency: s.Urgency,
		Language: d.reach.Language, Expires: s.Expires, Collapse: d.Page.String(), Code: Code(d.Page),
	}
	m.Name = name(w, s.Brief)
	m.Title, m.Text = Headline(w, s.Brief)
	m.Spoken = speak(w.Paging, s.Brief)
	switch d.past.Held {
	case 0:
	case 1:
		m.Text = fmt.Sprintf(w.Paging.HeldOne, m.Text)
	default:
		m.Text = fmt.Sprintf(w.Paging.Held, m.Text, d.past.Held)
	}
	return m
}

// name returns how an incident is called, or nothing.
func name(w words.Catalog, b Brief) string {
	if b.Number == 0 || b.Private { // it may have been everybody's once, and have its number from then
		return ""
	}
	return fmt.Sprintf(w.Common.Number, b.Number)
}

// Headline returns the title and the text that a page has in a language.
func Headline(w words.Catalog, b Brief) (title, text string) {
	if b.Test {
		return w.Paging.TestTitle, w.Paging.TestText
	}
	title, text = strings.TrimSpace(fmt.Sprintf(w.Paging.Title, b.Severity, name(w, b))), Shorten(b.Title, maxText)
	if b.Private {
		title, text = fmt.Sprintf(w.Paging.TitlePrivate, b.Severity), w.Paging.PrivateText
	}
	if b.Kind == incident.GameDay {
		title = fmt.Sprintf(w.Paging.Drill, title)
	}
	return title, text
}

// speak returns what is read out: numbers as words say them, and the title as a sentence.
func speak(w words.Paging, b Brief) string {
	said := []string{w.CallOpening}
	switch {
	case b.Test:
		return w.CallOpening + " " + w.CallTest
	case b.Private:
		said = append(said, fmt.Sprintf(w.CallPrivate, b.Severity))
	case b.Number == 0:
		said = append(said, fmt.Sprintf(w.CallPlain, b.Severity))
	default:
		said = append(said, fmt.Sprintf(w.CallIncident, b.Severity, b.Number))
	}
	if b.Kind == incident.GameDay {
		said = append(said[:1], append([]string{w.CallDrill}, said[1:]...)...)
	}
	if !b.Private {
		said = append(said, strings.TrimRight(Shorten(b.Title, maxText), ".…")+".")
	}
	return strings.Join(said, " ")
}

// Shorten returns text on one line, cut to so many code points.
func Shorten(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:max(most-1, 0)])) + "…"
}

// Code returns the four digits by which somebody names a page of theirs in an SMS. Who does not know the page's id cannot tell them.
// They are no secret to build on: an answer counts only from the number of the person who is paged.
func Code(p id.Page) string {
	sum := sha256.Sum256(append([]byte("tsugi reply code\x00"), p[:]...))
	return fmt.Sprint(1000 + binary.BigEndian.Uint32(sum[:])%9000)
}
