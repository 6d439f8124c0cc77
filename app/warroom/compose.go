package warroom

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// newComposer returns the place to write, with buttons for what can be written besides words.
func (r *Page) newComposer() *widget.Composer {
	w := r.p.View.Words.Room
	hint := func(key, words string, do func()) fyne.CanvasObject {
		return widget.NewPress("hint "+key, widget.NewText(words, widget.Plain(theme.Caption, theme.Muted)), do)
	}
	begin := func(sign string) func() {
		return func() {
			r.Focus()
			if before := r.composer.Before(); before != "" && !strings.HasSuffix(before, " ") {
				r.composer.Insert(" ")
			}
			r.composer.Insert(sign)
		}
	}
	clip := widget.NewPress("attach", widget.NewIcon("attach", 16, theme.Muted), func() { r.p.Choose(r.choose) })
	clip.Tip = w.Attach
	c := widget.NewComposer(w.Write, w.Enter, hint("person", w.PersonHint, begin("@")), hint("tag", w.TagHint, begin("#")),
		hint("command", w.CommandHint, func() { r.composer.SetWords("/"); r.Focus() }),
		clip,
		hint("paste", w.PasteHint, r.Paste))
	c.OnSend = r.write
	c.OnTyped = func(before string) {
		if !r.following {
			if r.doubted != "" || r.said != "" {
				r.doubted, r.said = "", ""
				r.note()
			}
			r.suggest(before)
			r.typed()
		}
	}
	c.OnKey = r.composing
	c.OnPaste = func() bool { return r.pastePicture() || r.pasteFiles() }
	c.OnUndo = func() bool { r.Undo(); return true }
	c.OnResized = func() { widget.Relay(r.middle) }
	return c
}

// write sends what is in the composer: an entry, other words for one, or what a command asks for. It goes when its files
// are here; what could not be stored comes back.
func (r *Page) write(text string) {
	if len(r.offered) > 0 && r.offeredAt >= 0 {
		r.pick(r.offeredAt)
		return
	}
	if blank(text) && len(live(r.attached)) == 0 || r.command(text) || r.doubt(text) {
		return
	}
	sent := r.draft()
	sent.aside, r.surplus = nil, nil
	if sent.entry.IsZero() {
		sent.entry = id.New[id.Entry]()
	}
	r.resume()
	r.list.ScrollToEnd()
	r.drafts.send(&parcel{in: r.in, draft: sent, from: r})
}

// resume goes on with what was being written before the editing that has ended, or with nothing.
func (r *Page) resume() {
	next := draft{}
	if r.aside != nil {
		next = *r.aside
	}
	r.restore(next)
}

func (r *Page) draft() draft {
	return draft{words: r.composer.Words(), entry: r.becomes, attached: r.attached, editing: r.editing, update: r.update, aside: r.aside}
}

func (r *Page) restore(d draft) {
	r.becomes, r.attached, r.editing, r.update, r.aside = d.entry, d.attached, d.editing, d.update, d.aside
	r.put(d.words)
	r.drafts.put(r, r.in, r.draft())
	r.showTray()
	r.note()
}

// mirror shows what is being written in the same room elsewhere. Nobody types here: the others are told nothing, and the
// cursor stays.
func (r *Page) mirror(d draft) {
	r.following = true
	r.becomes, r.attached, r.editing, r.update, r.aside = d.entry, d.attached, d.editing, d.update, d.aside
	if d.words != r.composer.Words() {
		r.doubted = "" // another line, which nobody has warned of
		r.offer(nil, 0)
		r.composer.Follow(d.words)
	}
	r.following = false
	r.showTray()
	r.note()
}

// leaveMode ends editing, and what was being written before comes back; or it makes an update an ordinary entry. No
// words are lost.
func (r *Page) leaveMode() {
	if r.editing.ID != (id.Entry{}) {
		r.resume()
		return
	}
	r.mean(false)
}

// mean makes what is written an update for everybody who waits for news, or an ordinary entry.
func (r *Page) mean(update bool) {
	r.update = update
	r.drafts.put(r, r.in, r.draft())
	r.note()
}

// note says beneath the words what sending them will do.
func (r *Page) note() {
	w := r.p.View.Words.Room
	switch {
	case r.doubted != "":
		name := commandName(r.doubted)
		says := fmt.Sprintf(w.NoCommand, "/"+name)
		if meant := r.nearest(name); meant != "" {
			says = fmt.Sprintf(w.NoCommandBut, "/"+name, "/"+meant)
		}
		r.composer.SetNote(says, theme.Sev2)
	case r.said != "":
		r.composer.SetNote(r.said, theme.Gold)
	case r.editing.ID != (id.Entry{}):
		r.composer.SetNote(w.EditTitle+"  ·  Esc", theme.Gold)
	case len(r.surplus) > 0:
		r.composer.SetNote(r.leftOut(), theme.Sev2)
	case r.why != "":
		r.composer.SetNote(r.why, theme.Sev2)
	case r.update:
		r.composer.SetNote(w.Update+"  ·  Esc", theme.Gold)
	default:
		r.composer.SetNote("", theme.Muted)
	}
}

// composing deals with the keys of the list of suggestions, and with Escape.
func (r *Page) composing(key *fyne.KeyEvent) bool {
	switch {
	case key.Name == fyne.KeyEscape && len(r.offered) > 0:
		r.offer(nil, 0)
	case key.Name == fyne.KeyEscape && (r.editing.ID != (id.Entry{}) || r.update):
		r.leaveMode()
	case key.Name == fyne.KeyUp && r.composer.Words() == "":
		r.editLast()
	case len(r.offered) == 0:
		return false
	case key.Name == fyne.KeyDown:
		r.offer(r.offered, (r.offeredAt+1)%len(r.offered))
	case key.Name == fyne.KeyUp:
		r.offer(r.offered, (max(r.offeredAt, 0)-1+len(r.offered))%len(r.offered))
	case key.Name == fyne.KeyTab:
		r.pick(max(r.offeredAt, 0))
	default:
		return false
	}
	return true
}

// editLast takes one's own newest entry up again: most slips are noticed right after they were sent.
func (r *Page) editLast() {
	for _, e := range slices.Backward(r.model.Entries) {
		if e.Kind == present.Block && e.Mine && !e.Erased {
			r.askEdit(e)
			return
		}
	}
}

// suggestion is one way to go on with what is being written.
type suggestion struct {
	mark        fyne.CanvasObject
	words, note string
	pick        func()
}

// suggestMost is how many suggestions are shown at once.
const suggestMost = 7

// offersTall is how tall the list of suggestions gets before it is scrolled.
const offersTall = 32 * 9

// suggest offers people and roles behind an @, tags behind a #, and commands behind a slash at the beginning.
func (r *Page) suggest(before string) {
	r.drafts.put(r, r.in, r.draft())
	token := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	names := r.namesFor(before)
	switch {
	case len(names) > 0 && before == r.composer.Words():
		r.offer(names, -1) // Enter sends the line as it stands
	case strings.HasPrefix(before, "/") && before == r.composer.Words():
		r.offer(r.commands(strings.ToLower(before[1:])), 0)
	case strings.HasPrefix(token, "@"):
		found := r.peopleFor(token)
		r.offer(found, 0)
		r.blind(token[1:], found)
	case strings.HasPrefix(token, "#") && len(token) > 1:
		r.tagsFor(token)
	default:
		r.offer(nil, 0)
	}
}

func (r *Page) complete(token, words string) func() {
	return func() {
		r.offer(nil, 0)
		r.Focus()
		r.composer.Complete(len([]rune(token)), words+" ")
	}
}

func (r *Page) peopleFor(token string) []suggestion {
	var out []suggestion
	typed := token[1:]
	for _, h := range r.model.Posts {
		if strings.HasPrefix(strings.ToLower(h.Role), strings.ToLower(typed)) {
			out = append(out, suggestion{widget.NewIcon("people", 18, theme.Muted), h.Role, h.Person.Name, r.complete(token, "@"+h.Role)})
		}
	}
	for _, p := range present.Match(r.model.Readers(), typed, suggestMost) {
		out = append(out, suggestion{widget.NewAvatar(p.Initials, 22), p.Name, p.Department, r.complete(token, "@"+p.Name)})
	}
	return out[:min(len(out), suggestMost)]
}

// blind says of somebody who is not offered, because the room is private, why.
func (r *Page) blind(typed string, found []suggestion) {
	if len(found) > 0 || len(typed) < 2 {
		return
	}
	if who := present.Named(r.model.Outsiders(), typed); len(who) == 1 {
		r.say(fmt.Sprintf(r.p.View.Words.Sight.SeesNot, who[0].Name))
	}
}

// addressed says in an empty composer who reads what is written there.
func (r *Page) addressed() {
	w := r.p.View.Words
	words := w.Room.Write
	switch {
	case r.model.NotYet.Everybody:
		words = w.Sight.WriteYet
	case r.model.Private:
		words = present.Count(r.model.Seers(), w.Sight.WriteAlone, w.Sight.WriteTo)
	}
	r.composer.SetPlaceholder(words)
}

func (r *Page) tagsFor(token string) {
	typed := strings.TrimPrefix(token, "#")
	r.p.Work.Go(func(ctx context.Context) func() {
		known, err := r.p.Session.Tags(ctx, incident.NormalTag(typed))
		return func() {
			if err != nil || !strings.HasSuffix(r.composer.Before(), token) {
				return // it only would have helped, or more was typed meanwhile
			}
			var out []suggestion
			for _, t := range known[:min(len(known), suggestMost)] {
				out = append(out, suggestion{nil, "#" + t, "", r.complete(token, "#"+t)})
			}
			r.offer(out, 0)
		}
	})
}

// offer shows suggestions above the words, with one of them marked; none takes the list away.
func (r *Page) offer(list []suggestion, marked int) {
	if len(list) == 0 && len(r.offered) == 0 {
		return
	}
	r.offered, r.offeredAt = list, marked
	var at fyne.CanvasObject
	r.offers.RemoveAll()
	col := widget.Column(0)
	pane := widget.NewPane(col, theme.Scaled(offersTall))
	if len(list) > 0 {
		for i, s := range list {
			row := widget.Row(10, -1)
			if s.mark != nil {
				row.Add(s.mark)
			}
			row.Add(widget.NewText(s.words, widget.Plain(theme.Body, theme.Text)))
			row.Add(widget.NewText(s.note, widget.Plain(theme.Caption, theme.Muted)))
			press := widget.NewPress("suggestion "+s.words, widget.Pad(2, 8, 2, 8, widget.On(row, widget.Space(0, 28))), func() { r.pick(i) })
			if press.Choose(i == marked); i == marked {
				at = press
			}
			col.Add(press)
		}
		r.offers.Add(widget.Pad(0, 28, 0, 28, widget.On(widget.NewBox(theme.Surface, theme.Line), widget.Pad(6, 6, 6, 6, pane))))
	}
	r.middle.Refresh()
	if at != nil && marked > 0 {
		pane.Reveal(at)
	}
}

func (r *Page) pick(i int) {
	if i < len(r.offered) {
		r.offered[i].pick()
	}
}
