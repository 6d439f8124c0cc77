// Package enrol is the very first page: an address and a code make this device one's own.
package enrol

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
)

// Session is what the page asks of the client.
type Session interface {
	// Enrol makes this device one of a person's devices; it needs the server.
	Enrol(ctx context.Context, e present.Enrolment) error
	// Former returns how this device was enrolled before.
	Former(ctx context.Context) (present.Former, error)
}

// Params is what the page needs.
type Params struct {
	Session Session
	Work    widget.Work
	Canvas  fyne.Canvas // the window's
	View    present.View
	Preset  present.Enrolment // the device's name, and an address where one is known
	Done    func()
	Failed  func(error)
}

// Page is the form.
type Page struct {
	p                     Params
	root                  *widget.Scroll
	address, code, device *widget.Field
	button                *widget.Button
	title, lead           *widget.Flow
	former                present.Former
}

// New returns the form.
func New(p Params) *Page {
	w := p.View.Words.Enrol
	e := &Page{
		p: p, address: widget.NewField(w.AddressField), code: widget.NewField(w.CodeField), device: widget.NewField(w.Device),
		title: widget.NewFlow(40), lead: widget.NewFlow(24),
	}
	e.say(w.Title, w.Lead)
	e.address.SetWords(p.Preset.Address)
	e.code.SetWords(p.Preset.Code)
	e.device.SetWords(p.Preset.Device)
	for _, f := range []*widget.Field{e.address, e.code, e.device} {
		f.OnSubmitted = func(string) { e.send() }
	}
	e.button = widget.NewButton(widget.ButtonParams{Key: "enrol", Words: w.Button, Look: widget.Gold}, e.send)
	part := func(name string, field fyne.CanvasObject) fyne.CanvasObject {
		return widget.Column(6, widget.NewCaps(name), field)
	}
	col := widget.Column(20,
		widget.Row(0, -1, widget.NewIcon("bowl", 48, theme.Gold)),
		widget.Column(6, e.title, e.lead),
		part(w.Address, e.address), part(w.Code, e.code), part(w.Device, e.device),
		widget.Row(0, -1, e.button),
		widget.NewFlow(20, widget.Span{Words: w.Help, Style: widget.Plain(theme.Body, theme.Muted)}))
	e.root = widget.NewScroll(widget.Pad(56, 36, 36, 36, widget.Middle(520, col)))
	return e
}

// Content returns the page.
func (e *Page) Content() fyne.CanvasObject { return e.root }

func (e *Page) say(title, lead string) {
	e.title.Set(widget.Span{Words: title, Style: widget.Strong(theme.Number, theme.Text)})
	e.lead.Set(widget.Span{Words: lead, Style: widget.Plain(theme.Entry, theme.Muted)})
}

// Refresh finds out whether this device was enrolled before: then the address is known, and it
// matters who enrols it.
func (e *Page) Refresh() {
	e.p.Work.Go(func(ctx context.Context) func() {
		former, err := e.p.Session.Former(ctx)
		return func() {
			switch {
			case err != nil:
				e.p.Failed(err)
			case former != e.former:
				e.again(former)
			}
		}
	})
}

func (e *Page) again(former present.Former) {
	w := e.p.View.Words.Enrol
	e.former = former
	e.say(w.AgainTitle, fmt.Sprintf(w.AgainLead, former.Name))
	if e.address.Words() == "" {
		e.address.SetWords(former.Address)
		e.Focus()
	}
	e.root.Fit()
}

// Focus puts the keyboard into the first field that is empty.
func (e *Page) Focus() {
	for _, f := range []*widget.Field{e.address, e.code, e.device} {
		if f.Words() == "" {
			e.p.Canvas.Focus(f.Input())
			return
		}
	}
}

// Filled returns what stands in the fields.
func (e *Page) Filled() present.Enrolment {
	return present.Enrolment{Address: e.address.Words(), Code: e.code.Words(), Device: e.device.Words()}.Tidy()
}

func (e *Page) send() {
	w := e.p.View.Words.Enrol
	if e.button.Disabled() {
		return
	}
	filled := e.Filled()
	if filled.Address == "" || filled.Code == "" || filled.Device == "" {
		e.Focus()
		return
	}
	e.button.SetWords(w.Busy)
	e.button.Disable()
	e.p.Work.Go(func(ctx context.Context) func() {
		err := e.p.Session.Enrol(ctx, filled)
		return func() {
			e.button.SetWords(w.Button)
			e.button.Enable()
			if err != nil {
				e.p.Failed(err)
				return
			}
			e.code.SetWords("")
			e.p.Done()
		}
	})
}
