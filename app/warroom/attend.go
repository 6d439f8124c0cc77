package warroom

import (
	"fmt"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Attender is what the room asks of the client about who else is in it.
type Attender interface {
	// Attend tells the others that the incident is shown here, until the returned function is called.
	Attend(in id.Incident) (leave func())
	// Type tells them that whoever looks writes there, or with false no longer. It is called at every key.
	Type(in id.Incident, writes bool)
	// Attendance returns who else is there now. It does not wait.
	Attendance(in id.Incident) present.Attendance
}

// others is what the page shows of those who are in the room besides whoever looks. All of it is changed in place:
// nothing is made anew, and nothing moves, because somebody comes or types.
type others struct {
	open   bool   // the page is what the window shows
	leave  func() // ends what the others are told; nil while they are told nothing
	silent bool   // what is in the composer was put there, and not typed
	now    present.Attendance
	line   *fyne.Container                 // over the composer
	typing *widget.Text                    // in it
	count  *widget.Text                    // beside it, where there are no facts beside the timeline
	names  *widget.Hint                    // who is counted
	faces  []*fyne.Container               // headings over the people: in the drawer there is another one
	dots   map[id.Person][]func(here bool) // at the people
}

// facesTall is the height of the heading over the people, whether somebody is there or not.
const facesTall = 24

// forget forgets what was made for the people, before they are made anew.
func (o *others) forget() {
	o.faces = nil
	clear(o.dots)
}

// typingLine is the line that says who writes. It is as high while nobody does.
func (r *Page) typingLine() fyne.CanvasObject {
	style := widget.Plain(theme.Caption, theme.Muted)
	o := &r.others
	o.typing, o.count = widget.NewText("", style), widget.NewText("", style)
	o.names = widget.NewHint(o.count, "")
	o.line = widget.Row(12, 0, o.typing, o.names)
	return widget.Pad(4, 28, 0, 28, o.line)
}

// attend tells the others that the incident is shown, as soon as the server knows it.
func (r *Page) attend() {
	if o := &r.others; o.open && o.leave == nil && r.shown && r.model.Seq > 0 {
		o.leave = r.p.Session.Attend(r.in)
		r.Attended() // another window may know already who is there
	}
}

// unattend tells the others that the incident is shown no longer.
func (r *Page) unattend() {
	o := &r.others
	if o.open = false; o.leave != nil {
		o.leave()
		o.leave = nil
	}
}

// typed tells the others that somebody writes here. A command is no news to them, and neither are words that come back.
func (r *Page) typed() {
	if r.sought != nil && !r.others.silent {
		r.sought.typed = true
	}
	if words := r.composer.Words(); r.others.leave != nil && !r.others.silent {
		r.p.Session.Type(r.in, !blank(words) && !strings.HasPrefix(words, "/"))
	}
}

// put puts words into the composer that nobody types.
func (r *Page) put(words string) {
	r.others.silent = true
	r.composer.SetWords(words)
	r.others.silent = false
	if r.others.leave != nil {
		r.p.Session.Type(r.in, false)
	}
}

// Attended shows who else is in the room. It is called when that has changed.
func (r *Page) Attended() {
	now := present.Attendance{}
	if r.shown && r.others.leave != nil {
		now = r.p.Session.Attendance(r.in)
	}
	if !reflect.DeepEqual(now, r.others.now) {
		r.others.now = now
		r.showOthers()
		widget.Settle(r.p.Canvas)
	}
}

// showOthers says who writes, and marks who is there.
func (r *Page) showOthers() {
	o, v := &r.others, r.p.View
	o.typing.Set(o.now.Typing, theme.Muted)
	count, names := "", ""
	if n := o.now.Count(); n > 0 {
		names = o.now.Named(v)
		if r.columns.facts {
			count = present.Count(n, v.Words.Room.LookingOne, v.Words.Room.Looking)
		}
	}
	if o.names.Set(names); o.count.Words() != count {
		o.count.Set(count, theme.Muted)
		o.line.Refresh() // it is shared out by what both say
	}
	for p, dots := range o.dots {
		for _, set := range dots {
			set(o.now.Has(p))
		}
	}
	for _, faces := range o.faces {
		r.fill(faces)
	}
}

// person returns the mark of a person, with a dot while they are in the room.
func (r *Page) person(p present.Person, size float32) fyne.CanvasObject {
	avatar, dot := widget.NewAttended(p.Initials, size)
	dot(r.others.now.Has(p.ID))
	r.others.dots[p.ID] = append(r.others.dots[p.ID], dot)
	return avatar
}

// peopleHead is the heading over the people, with those who are in the room, whether they respond or only look.
func (r *Page) peopleHead() fyne.CanvasObject {
	head := widget.Row(8, 0, widget.NewCaps(r.p.View.Words.Room.People), widget.On())
	r.fill(head)
	r.others.faces = append(r.others.faces, head)
	return widget.On(head, widget.Space(0, facesTall))
}

// facesMost is how many faces are shown; all of them are named to a pointer that rests there.
const facesMost = 4

// fill puts the faces behind a heading.
func (r *Page) fill(head *fyne.Container) {
	now := r.others.now
	if now.Count() == 0 {
		head.Objects[1] = widget.On()
		head.Refresh()
		return
	}
	var initials []string
	for _, p := range now.Here[:min(len(now.Here), facesMost)] {
		initials = append(initials, p.Initials)
	}
	more := ""
	if n := now.Count() - len(initials); n > 0 {
		more = fmt.Sprintf(r.p.View.Words.Room.FacesMore, n)
	}
	head.Objects[1] = widget.NewHint(widget.NewFaces(initials, more), now.Named(r.p.View))
	head.Refresh()
}
