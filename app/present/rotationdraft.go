package present

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// RotationDraft is how somebody wishes a rotation to be, as they fill it in.
type RotationDraft struct {
	ID     id.Rotation
	Fresh  bool // there is no such rotation yet
	Name   string
	Zone   string
	Soft   bool   // it begins as soon as it takes nobody off their shift
	From   string // else when
	Layers []LayerDraft

	former oncall.Rotation
	base   oncall.Base
}

// LayerDraft is one layer of it.
type LayerDraft struct {
	Places  []oncall.Place
	Name    string
	Every   string
	Unit    oncall.Unit
	Anchor  string // one of its handoffs, as wall clocks show it
	Limited bool   // it is on at some hours only
	Hours   []HoursDraft
	Beside  bool // it counts at the same time as the layer above, and not only where that has nobody

	kept oncall.Layer // what of it is not filled in here stays as it was
}

// HoursDraft is a span of hours on some weekdays.
type HoursDraft struct {
	Days        oncall.Days
	From, Until string
}

// Problems are what is wrong with single fields of a draft, in words, by their names.
type Problems map[string]string

// How handoffs and hours are written.
const anchorForm = "2006-01-02 15:04"

// NewRotationDraft returns a draft for a rotation that is not there yet: it hands over every week on the next Monday at nine.
func NewRotationDraft(now time.Time, v View) RotationDraft {
	d := RotationDraft{ID: id.New[id.Rotation](), Fresh: true, Zone: ZoneName(v.Zone), Soft: true}
	d.Layers = []LayerDraft{NewLayerDraft(now, v)}
	return d
}

// NewLayerDraft returns a further layer.
func NewLayerDraft(now time.Time, v View) LayerDraft {
	at := now.In(v.Zone)
	monday := time.Date(at.Year(), at.Month(), at.Day()-int(at.Weekday()+6)%7, 9, 0, 0, 0, time.UTC)
	return LayerDraft{Every: "1", Unit: oncall.Week, Anchor: monday.Format(anchorForm), kept: oncall.Layer{ID: id.New[id.Layer]()}}
}

// ZoneName returns the IANA name of a zone, or UTC where the system does not tell it.
func ZoneName(zone *time.Location) string {
	if name := zone.String(); name != "Local" && name != "" {
		return name
	}
	return "UTC"
}

// DraftOf returns a draft of a rotation as it is ordered last.
func DraftOf(c Chosen) RotationDraft {
	r := c.Rotation
	order := r.Versions[len(r.Versions)-1]
	for i := len(r.Versions) - 1; i >= 0 && len(order.Layers) == 0; i-- {
		order = r.Versions[i] // one that has ended is taken up as it was
	}
	d := RotationDraft{ID: r.ID, Name: r.Name, Zone: order.Zone, Soft: true, former: r, base: c.Base}
	layers := ranked(order.Layers)
	for i, l := range layers {
		at := LayerDraft{
			Places: clonePlaces(l.Places), Name: l.Name, Every: strconv.Itoa(l.Every), Unit: l.Unit, Anchor: wallTime(l.Anchor).Format(anchorForm),
			Limited: len(l.Hours) > 0, Beside: i > 0 && l.Priority == layers[i-1].Priority, kept: l,
		}
		for _, h := range l.Hours {
			at.Hours = append(at.Hours, HoursDraft{Days: h.Days, From: clockOf(h.From), Until: clockOf(h.Until)})
		}
		d.Layers = append(d.Layers, at)
	}
	return d
}

func clonePlaces(places []oncall.Place) []oncall.Place {
	out := slices.Clone(places)
	for i, p := range out {
		out[i] = slices.Clone(p)
	}
	return out
}

// Clone returns a draft that shares nothing with d which is filled in.
func (d RotationDraft) Clone() RotationDraft {
	d.Layers = slices.Clone(d.Layers)
	for i := range d.Layers {
		d.Layers[i].Places, d.Layers[i].Hours = clonePlaces(d.Layers[i].Places), slices.Clone(d.Layers[i].Hours)
	}
	return d
}

// ranked returns layers in the order in which they count.
func ranked(layers []oncall.Layer) []oncall.Layer {
	out := slices.Clone(layers)
	slices.SortStableFunc(out, func(a, b oncall.Layer) int { return cmp.Compare(b.Priority, a.Priority) })
	return out
}

// LayerField returns the name of a field of the layer numbered i, from 0 on.
func LayerField(i int, field string) string {
	return strings.TrimSpace(fmt.Sprintf("layer %d %s", i+1, field))
}

// HoursField returns the name of the field of the hours numbered j of the layer numbered i.
func HoursField(i, j int) string { return LayerField(i, fmt.Sprintf("hours %d", j+1)) }

// Version returns what is filled in, and what cannot be read of it.
func (d RotationDraft) Version(now time.Time, v View) (oncall.Version, Problems) {
	wrong := Problems{}
	order := oncall.Version{Zone: strings.TrimSpace(d.Zone)}
	if !d.Soft {
		at, ok := v.ParseMoment(d.From, now)
		if order.From = at; !ok {
			wrong["from"] = v.Words.OnCall.MomentWrong
		}
	}
	for i, l := range d.Layers {
		order.Layers = append(order.Layers, l.layer(i, now, wrong, v))
	}
	d.rank(order.Layers)
	return order, wrong
}

// layer returns one layer, and notes in wrong what cannot be read of it.
func (l LayerDraft) layer(i int, now time.Time, wrong Problems, v View) oncall.Layer {
	w, out := v.Words.OnCall, l.kept
	out.Name, out.Unit, out.Places, out.Hours = strings.TrimSpace(l.Name), l.Unit, clonePlaces(l.Places), nil
	n, err := strconv.Atoi(strings.TrimSpace(l.Every))
	if out.Every = n; err != nil || n < 1 {
		wrong[LayerField(i, "every")] = w.NumberWrong
	}
	wall := v
	wall.Zone = time.UTC
	at, ok := wall.ParseTime(l.Anchor, now)
	if !ok {
		wrong[LayerField(i, "anchor")] = w.MomentWrong
	}
	out.Anchor = oncall.Wall(at.Unix())
	if !l.Limited {
		return out
	}
	for j, h := range l.Hours {
		from, fine := minutesOf(h.From)
		until, also := minutesOf(h.Until)
		switch {
		case !fine || !also || from == 24*60:
			wrong[HoursField(i, j)] = w.ClockWrong
		case h.Days == 0:
			wrong[HoursField(i, j)] = w.DaysWrong
		}
		out.Hours = append(out.Hours, oncall.Window{Days: h.Days, From: from, Until: until})
	}
	return out
}

// minutesOf reads a time of day up to 24:00.
func minutesOf(text string) (int, bool) {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return 24 * 60, true
	}
	at, err := time.Parse("15:04", text)
	return at.Hour()*60 + at.Minute(), err == nil
}

// rank gives layers the priorities that their order means. Those that mean it already stay: else an edit that changes nothing
// would be one.
func (d RotationDraft) rank(layers []oncall.Layer) {
	stays := true
	for i := 1; i < len(layers); i++ {
		above, own := layers[i-1].Priority, layers[i].Priority
		stays = stays && (own < above) == !d.Layers[i].Beside && own <= above
	}
	if stays {
		return
	}
	rank := len(layers) - 1
	for i := range layers {
		if i > 0 && !d.Layers[i].Beside {
			rank--
		}
		layers[i].Priority = rank
	}
}

// Commands returns what the draft wishes for, in order; none where nothing is changed. What cannot be read is told instead.
func (d RotationDraft) Commands(now time.Time, v View) ([]oncall.Command, Problems) {
	order, wrong := d.Version(now, v)
	if len(wrong) > 0 {
		return nil, wrong
	}
	name := strings.TrimSpace(d.Name)
	if d.Fresh {
		return []oncall.Command{oncall.CreateRotation{Name: name, Version: order}}, nil
	}
	var out []oncall.Command
	if name != d.former.Name {
		out = append(out, oncall.RenameRotation{Name: name})
	}
	if !d.unchanged(order) {
		out = append(out, oncall.EditRotation{Base: d.base, Version: order})
	}
	return out, nil
}

// unchanged reports whether the draft orders what is ordered already.
func (d RotationDraft) unchanged(order oncall.Version) bool {
	last := d.former.Versions[len(d.former.Versions)-1]
	if len(last.Layers) == 0 || last.Zone != order.Zone || len(last.Layers) != len(order.Layers) {
		return false
	}
	was := ranked(last.Layers)
	for i, l := range order.Layers {
		if !sameLayer(was[i], l) {
			return false
		}
	}
	return d.Soft
}

func sameLayer(a, b oncall.Layer) bool {
	samePlaces := slices.EqualFunc(a.Places, b.Places, func(p, q oncall.Place) bool { return slices.Equal(p, q) })
	return a.ID == b.ID && a.Name == b.Name && a.Priority == b.Priority && a.Zone == b.Zone && a.Anchor == b.Anchor && a.Unit == b.Unit &&
		a.Every == b.Every && samePlaces && slices.Equal(a.Hours, b.Hours)
}

// FieldNames are the names that the rules have for what a draft holds.
func (d RotationDraft) FieldNames() []string {
	out := []string{"name", "zone", "layers"}
	for i := range d.Layers {
		out = append(out, LayerField(i, ""))
	}
	return out
}

// Former returns the rotation that the draft changes; the zero Rotation for a new one.
func (d RotationDraft) Former() oncall.Rotation { return d.former }

// ParseMoment reads a time of day, or a day and a time, as the wall clocks of the viewer's zone show it: where they skip it, it
// is the instant at which they do, and where they show it twice, the first.
func (v View) ParseMoment(text string, near time.Time) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339, strings.TrimSpace(text)); err == nil {
		return at, true
	}
	wall := v
	wall.Zone = time.UTC
	shown := time.Unix(int64(oncall.Reading(near, v.Zone)), 0).UTC()
	at, ok := wall.ParseTime(text, shown)
	if !ok {
		return time.Time{}, false
	}
	return oncall.Resolve(oncall.Wall(at.Unix()), v.Zone), true
}

// WriteMoment writes an instant so that ParseMoment reads it.
func (v View) WriteMoment(at time.Time) string { return at.In(v.Zone).Format(anchorForm) }
