package warroom

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Files is what the room asks of the client about what entries carry.
type Files interface {
	// Attach keeps a file on this device, durably, for an entry that is about to be written.
	Attach(ctx context.Context, name string, from io.Reader) (incident.Attachment, error)
	// Detach removes such a file from this device: it is not to be written about after all.
	Detach(ctx context.Context, c id.Content) error
	// Picture returns an image, no larger than width × height pixels, once it is here. Where it is not, it is fetched,
	// and the session signals a change when it has come.
	Picture(ctx context.Context, q present.PictureQuery) (image.Image, present.Arrival, error)
	// Keep copies a file to where a person keeps files, and returns where that is.
	Keep(ctx context.Context, in id.Incident, f present.File) (string, error)
}

// Source is a file that somebody chose, dropped or pasted.
type Source struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// thumbnail is the largest picture in the timeline.
func thumbnail() fyne.Size { return fyne.NewSize(420, 260) }

// pictures is how many images are kept once they were shown.
const pictures = 64

// file shows what an entry carries: a picture, or a name.
func (r *Page) file(f present.File) fyne.CanvasObject {
	if f.Image() {
		picture := widget.NewPicture(f.Width, f.Height, thumbnail(), func(p *widget.Picture) { r.load(p, f) })
		return widget.Pad(6, 0, 4, 0, widget.Row(0, -1, widget.NewTap(picture, func() { r.enlarge(f) })))
	}
	row := widget.Row(10, -1, widget.NewIcon("file", 18, theme.Muted), widget.NewText(present.Clip(f.Name, 60), widget.Plain(theme.Body, theme.Text)),
		widget.NewText(f.Size, widget.Plain(theme.Caption, theme.Muted)),
		widget.NewTap(widget.NewText(r.p.View.Words.Room.SaveFile, widget.Plain(theme.Caption, theme.Gold)), func() { r.keep(f) }))
	return widget.Pad(4, 0, 4, 0, widget.Row(0, -1, widget.On(widget.NewBox(theme.Surface, theme.Line), widget.Pad(8, 12, 8, 12, row))))
}

// load brings a picture's pixels, now or when they have come.
func (r *Page) load(p *widget.Picture, f present.File) {
	if known, ok := r.images[f.Content]; ok {
		p.Fill(known)
		return
	}
	w, h := p.Pixels()
	in := r.in
	r.p.Work.Go(func(ctx context.Context) func() {
		// Twice as many pixels as the page has points are enough for any screen.
		got, arrival, err := r.p.Session.Picture(ctx, present.PictureQuery{Incident: in, File: f, Width: 2 * w, Height: 2 * h})
		return func() {
			switch {
			case in != r.in:
			case err != nil:
				p.Say(present.TroubleFrom(err, r.p.View.Words).What)
			case got == nil:
				p.Say(r.arriving(arrival))
				r.waiting = append(r.waiting, func() { r.load(p, f) })
			default:
				r.remember(f.Content, got)
				p.Fill(got)
			}
		}
	})
}

func (r *Page) remember(c id.Content, i image.Image) {
	if len(r.images) >= pictures {
		clear(r.images)
	}
	r.images[c] = i
}

func (r *Page) arriving(a present.Arrival) string {
	if a.Missing {
		return r.p.View.Words.Room.FileGone
	}
	if a.Percent > 0 {
		return fmt.Sprintf(r.p.View.Words.Room.Arriving, a.Percent)
	}
	return r.p.View.Words.Room.NotHere
}

// reload asks again for the pictures that had not come.
func (r *Page) reload() {
	waiting := r.waiting
	r.waiting = nil
	for _, again := range waiting {
		again()
	}
}

// enlarge shows a picture as large as the window allows.
func (r *Page) enlarge(f present.File) {
	size := r.p.Canvas.Size()
	most := fyne.NewSize(size.Width-96, size.Height-160)
	picture := widget.NewPicture(f.Width, f.Height, most, nil)
	w, h := picture.Pixels()
	in := r.in
	keep := widget.NewButton(widget.ButtonParams{Key: "keep", Words: r.p.View.Words.Room.SaveFile, Small: true}, func() { r.keep(f) })
	name := widget.NewText(present.Clip(f.Name, 80)+"  "+f.Size, widget.Plain(theme.Caption, theme.Muted))
	o := widget.ShowSheet(r.p.Canvas, widget.Column(10, picture, widget.Row(12, 0, name, keep)), max(float32(w)+2*20, 360))
	o.OnGone = r.Focus
	r.p.Canvas.Focus(keep)
	r.p.Work.Go(func(ctx context.Context) func() {
		got, arrival, err := r.p.Session.Picture(ctx, present.PictureQuery{Incident: in, File: f, Width: 2 * w, Height: 2 * h})
		return func() {
			switch {
			case err != nil:
				picture.Say(present.TroubleFrom(err, r.p.View.Words).What)
			case got == nil:
				picture.Say(r.arriving(arrival))
			default:
				picture.Fill(got)
			}
		}
	})
}

func (r *Page) keep(f present.File) {
	in := r.in
	r.p.Work.Go(func(ctx context.Context) func() {
		path, err := r.p.Session.Keep(ctx, in, f)
		return func() {
			if err != nil {
				r.p.Failed(err)
				return
			}
			r.p.Kept(path)
		}
	})
	r.Focus()
}

// attach keeps a file for the entry that is being written. What one entry cannot carry is refused by name.
func (r *Page) attach(list ...Source) {
	if !r.editing.ID.IsZero() { // other words have no files: they belong to what is written next
		r.leaveMode()
	}
	for _, from := range list {
		if len(live(r.attached)) >= incident.MaxAttachments {
			r.surplus = append(r.surplus, present.Clip(from.Name, 30))
			continue
		}
		s := &staged{in: r.in, name: from.Name}
		r.attached = append(slices.Clone(r.attached), s)
		r.drafts.put(r, r.in, r.draft())
		r.drafts.read(s, from)
	}
	r.showTray()
	r.note()
	r.Focus()
}

// choose attaches a file that was chosen.
func (r *Page) choose(s Source) { r.attach(s) }

// namedMost is how many names are told at most.
const namedMost = 3

func named(names []string) string {
	if more := len(names) - namedMost; more > 0 {
		return fmt.Sprintf("%s +%d", strings.Join(names[:namedMost], ", "), more)
	}
	return strings.Join(names, ", ")
}

// leftOut says what was not attached, and why.
func (r *Page) leftOut() string {
	w := r.p.View.Words.Room
	return fmt.Sprintf(w.TooMany, incident.MaxAttachments) + " " + fmt.Sprintf(w.LeftOut, named(r.surplus))
}

// showTray lists what will be sent along, behind what was sent and waits for its files or for what was sent before it.
func (r *Page) showTray() {
	var chips []fyne.CanvasObject
	for _, p := range r.drafts.room(r.in).waiting() {
		chips = append(chips, r.parcelChip(p))
	}
	for _, s := range live(r.attached) {
		chips = append(chips, r.fileChip(s))
	}
	r.composer.SetTray(chips...)
}

// parcelChip shows what goes out by itself, and takes it back.
func (r *Page) parcelChip(p *parcel) fyne.CanvasObject {
	w := r.p.View.Words.Room
	words, begins := w.Leaving, present.Clip(strings.Join(strings.Fields(p.draft.words), " "), 40)
	if !reading(p.draft.attached) {
		words = w.Following
	}
	if words = fmt.Sprintf(words, begins); blank(p.draft.words) {
		words = w.LeavingFiles
	}
	return chip("clock", words, "", widget.NewPress("take back", closing(), func() { r.drafts.takeBack(p); r.Focus() }))
}

func (r *Page) fileChip(s *staged) fyne.CanvasObject {
	icon, size := "file", r.p.View.Words.Room.Reading
	if s.here() {
		size = r.p.View.Bytes(s.file.Size)
	}
	if s.file.Image() {
		icon = "picture"
	}
	return chip(icon, present.Clip(s.name, 40), size, widget.NewPress("detach "+s.name, closing(), func() {
		r.surplus = nil
		r.drafts.takeOff(s)
		r.Focus()
	}))
}

func closing() fyne.CanvasObject {
	return widget.Pad(4, 4, 4, 4, widget.NewIcon("close", 12, theme.Muted))
}

func chip(icon, words, more string, away fyne.CanvasObject) fyne.CanvasObject {
	row := widget.Row(8, -1, widget.NewIcon(icon, 16, theme.Muted), widget.NewText(words, widget.Plain(theme.Caption, theme.Text)))
	if more != "" {
		row.Add(widget.NewText(more, widget.Plain(theme.Caption, theme.Muted)))
	}
	row.Add(away)
	return widget.On(widget.NewBox(theme.Raised, theme.Line), widget.Pad(3, 6, 3, 10, row))
}

// Paste attaches the picture that lies on the clipboard. Without one it pastes words.
func (r *Page) Paste() {
	if !r.pastePicture() && !r.pasteFiles() {
		r.Focus()
		r.composer.Insert(r.p.Clipboard())
	}
}

// pastePicture attaches the picture that lies on the clipboard. It is false where there is none.
func (r *Page) pastePicture() bool {
	picture := r.p.Pasted()
	if picture == nil {
		return false
	}
	name := "picture-" + r.p.Now().In(r.p.View.Zone).Format("150405") + ".png"
	r.attach(Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(picture)), nil }})
	return true
}

// pasteFiles offers to attach the files that were copied in a file manager: of these there are only words on the
// clipboard, and somebody may have meant the words. It is false where they can name no files.
func (r *Page) pasteFiles() bool {
	if r.p.Clipboard == nil || r.p.Named == nil {
		return false
	}
	words, in := r.p.Clipboard(), r.in
	find := r.p.Named(words)
	if find == nil {
		return false
	}
	r.p.Work.Go(func(context.Context) func() {
		list, err := find()
		return func() {
			switch {
			case in != r.in:
			case err != nil:
				r.Focus()
				r.composer.Insert(words)
			default:
				r.offerFiles(list, words)
			}
		}
	})
	return true
}

func (r *Page) offerFiles(list []Source, words string) {
	w, names := r.p.View.Words.Room, make([]string, 0, len(list))
	for _, s := range list {
		names = append(names, present.Clip(s.Name, 40))
	}
	r.Focus()
	r.offer([]suggestion{
		{widget.NewIcon("attach", 18, theme.Muted), present.Count(len(list), w.AttachOne, w.AttachMany), named(names), func() {
			r.offer(nil, 0)
			r.attach(list...)
		}},
		{widget.NewIcon("edit", 18, theme.Muted), w.AsWords, "", func() {
			r.offer(nil, 0)
			r.Focus()
			r.composer.Insert(words)
		}},
	}, 0)
}

// Drop attaches files that were dropped on the window.
func (r *Page) Drop(files []Source) {
	if len(files) > 0 {
		r.attach(files...)
	}
}
