package app

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/declare"
	"github.com/tsugi-app/tsugi/app/palette"
	"github.com/tsugi-app/tsugi/app/people"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
)

// action is one thing that can be done anywhere. Shortcuts, the box for commands and the help are all
// made from one list of them.
type action struct {
	palette.Command
	key      fyne.KeyName // the shortcut's key, or empty
	plain    bool         // without Ctrl
	also     fyne.KeyName // a second key for the same
	shifted  bool         // Shift changes nothing: on some keyboards it is needed to reach the sign
	possible func() bool  // nil means always
	first    bool         // on the first page as well, where there is nothing to go to
	over     bool         // with the panels that lie over the page
}

// ctrl writes a shortcut as the box and the help show it.
func (d *Desk) ctrl(key string) string { return fmt.Sprintf(d.p.View.Words.Hands.Ctrl, key) }

// actions returns the list.
func (d *Desk) actions() []action {
	w, ctrl := d.p.View.Words.Hands, d.ctrl
	open := func(name string) func() { return func() { d.Open(name) } }
	do := func(key, icon, words, hint string, run func()) palette.Command {
		return palette.Command{Key: key, Icon: icon, Words: words, Hint: hint, Do: run}
	}
	list := []action{
		{Command: do("palette", "search", w.Palette, ctrl("K"), d.showBox), key: fyne.KeyK},
		{Command: do("declare", "fire", w.Declare, ctrl("D"), open(onDeclare)), key: fyne.KeyD},
		{Command: do("board", "fire", w.GoBoard, ctrl("1"), open(onBoard)), key: fyne.Key1},
		{Command: do("unsent", "unsent", w.GoUnsent, ctrl("2"), open(onUnsent)), key: fyne.Key2},
		{Command: do("people", "people", w.GoPeople, ctrl("3"), open(onPeople)), key: fyne.Key3},
		{Command: do("invite", "plus", w.Invite, "", d.invite)},
		{Command: do("name", "edit", w.OwnName, "", d.ownName)},
		{Command: do("terms", "milestone", w.GoTerms, ctrl("4"), open(onTerms)), key: fyne.Key4},
		{Command: do("reach", "bell", d.p.View.Words.Reach.Go, ctrl("6"), open(onReach)), key: fyne.Key6},
		{Command: do("oncall", "clock", d.p.View.Words.OnCall.PaletteGo, ctrl("5"), open(onDuty)), key: fyne.Key5},
		{Command: do("rotation", "plus", d.p.View.Words.OnCall.PaletteNew, "", d.newRotation)},
		{Command: do("policies", "megaphone", d.p.View.Words.Policies.Go, ctrl("7"), open(onPolicy)), key: fyne.Key7},
		{Command: do("policy", "plus", d.p.View.Words.Policies.Write, "", d.newPolicy)},
		{Command: do("search", "search", w.GoSearch, ctrl("F"), open(onSearch)), key: fyne.KeyF},
		{Command: do("aside", "open", w.Aside, ctrl("Enter"), d.openAside), key: fyne.KeyReturn, also: fyne.KeyEnter, possible: d.canAside, over: true},
		{Command: do("back", "back", w.Back, "Esc", d.Back)},
		{Command: do("help", "info", w.Help, "F1", d.showHelp), key: fyne.KeyF1, plain: true},
	}
	for i := range list {
		switch list[i].Key {
		case "aside":
			list[i].Also = w.AsideAlso
		case "name":
			list[i].Also = w.OwnNameAlso
		case "reach":
			list[i].Also = d.p.View.Words.Reach.Also
		case "oncall":
			list[i].Also = d.p.View.Words.OnCall.PaletteAlso
		case "rotation":
			list[i].Also = d.p.View.Words.OnCall.NewAlso
		case "policies":
			list[i].Also = d.p.View.Words.Policies.Also
		case "policy":
			list[i].Also = d.p.View.Words.Policies.NewAlso
		}
	}
	return append(list, d.looks(do)...)
}

// invite asks whom to invite.
func (d *Desk) invite() {
	d.Open(onPeople)
	if p, ok := d.pages[onPeople].(*people.Page); ok {
		p.Invite()
	}
}

// ownName asks what whoever looks is called.
func (d *Desk) ownName() {
	d.Open(onPeople)
	if p, ok := d.pages[onPeople].(*people.Page); ok {
		p.OwnName()
	}
}

// looks are the actions on how everything looks.
func (d *Desk) looks(do func(key, icon, words, hint string, run func()) palette.Command) []action {
	w, ctrl := d.p.View.Words.Hands, d.ctrl
	look := func(name string) func() { return func() { d.setTheme(name) } }
	text := func(by int) func() { return func() { d.setText(d.percent() + by) } }
	return []action{
		{Command: do("larger", "plus", w.Larger, ctrl("+"), text(theme.Step)), key: fyne.KeyEqual, also: fyne.KeyPlus, shifted: true, first: true, over: true},
		{Command: do("smaller", "mitigated", w.Smaller, ctrl("-"), text(-theme.Step)), key: fyne.KeyMinus, first: true, over: true},
		{Command: do("normal", "resolved", w.Normal, ctrl("0"), func() { d.setText(theme.Usual) }), key: fyne.Key0, first: true, over: true},
		{Command: do("dark", "dot", w.Dark, "", look("dark"))},
		{Command: do("light", "hollow", w.Light, "", look("light"))},
		{Command: do("follow", "device", w.Follow, "", look(""))},
	}
}

// commands returns what the box offers: what can be done anywhere, and in the room that is shown.
func (d *Desk) commands() []palette.Command {
	var out []palette.Command
	for _, a := range d.actions() {
		if a.Key != "palette" && (a.Key != "aside" || d.at == onRoom) && (a.possible == nil || a.possible()) {
			out = append(out, a.Command)
		}
	}
	w := d.p.View.Words
	out = append(out, palette.Command{Key: "declare privately", Icon: "lock", Words: w.Sight.Declare, Also: w.Sight.ConcealAlso, Do: d.declarePrivately})
	return slices.Concat(d.roomCommands(), d.dutyCommands(), d.policyCommands(), out)
}

// declarePrivately opens the form with its switch on.
func (d *Desk) declarePrivately() {
	d.Open(onDeclare)
	if p, ok := d.pages[onDeclare].(*declare.Page); ok {
		p.Private()
	}
}

// roomCommands returns what can be done in the room that is shown.
func (d *Desk) roomCommands() []palette.Command {
	if d.at != onRoom {
		return nil
	}
	w, number := d.p.View.Words.Hands, d.room.Name()
	out := []palette.Command{{Key: "write", Icon: "edit", Words: fmt.Sprintf(w.InRoom, w.Write, number), Do: d.room.Focus}}
	for _, a := range d.room.Actions() {
		if a.Key == "window" { // it is among what can be done anywhere, with its shortcut
			continue
		}
		words := a.Words
		if a.Role() {
			words = fmt.Sprintf(w.Assign, a.Words)
		}
		out = append(out, palette.Command{Key: a.Key, Icon: a.Icon, Words: fmt.Sprintf(w.InRoom, words, number), Hint: "/" + a.Key, Also: a.Also, Grave: a.Grave, Do: a.Do})
	}
	return out
}

// hunting is what the box and the page for searching are made of.
func (d *Desk) hunting() palette.Params {
	return palette.Params{
		Session: d.p.Session, Work: d.p.Work, Canvas: d.window.Canvas(), View: d.p.View, Commands: d.commands,
		Open: d.OpenAt, Aside: func(in id.Incident, at present.ResultLine) { d.OpenAside(in).room.Seek(at) }, Failed: d.failed,
		All: func(typed string) { d.Open(onSearch); d.search.Find(typed) },
	}
}

func (d *Desk) showBox() {
	d.dismissAll()
	d.box = palette.Show(d.hunting(), func() { d.box = nil; d.focus() })
}

func (d *Desk) showHelp() {
	var list []palette.Command
	for _, a := range d.actions() {
		list = append(list, a.Command)
	}
	d.dismissAll()
	palette.ShowHelp(d.window.Canvas(), d.p.View, list, d.focus)
}

func (d *Desk) dismissAll() {
	for widget.DismissTop(d.window.Canvas()) { // all panels go
	}
}
