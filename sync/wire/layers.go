package wire

import (
	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

func versionTo(v oncall.Version) *v1.RotationVersion {
	m := &v1.RotationVersion{FromUs: Micros(v.From), Zone: text(v.Zone)}
	for _, l := range v.Layers {
		m.Layers = append(m.Layers, layerTo(l))
	}
	return m
}

func versionFrom(check *fault.Check, m *v1.RotationVersion) oncall.Version {
	v := oncall.Version{From: Time(m.GetFromUs()), Zone: m.GetZone()}
	for _, l := range m.GetLayers() {
		v.Layers = append(v.Layers, layerFrom(check, l))
	}
	return v
}

func layerTo(l oncall.Layer) *v1.RotationLayer {
	m := &v1.RotationLayer{
		LayerId: bytesOf(l.ID), Name: text(l.Name), Priority: uint32(l.Priority), Zone: text(l.Zone), AnchorWall: int64(l.Anchor),
		Unit: uint32(l.Unit), Every: uint32(l.Every), Turn: uint32(l.Turn), FromUs: Micros(l.From), UntilUs: Micros(l.Until),
	}
	for _, p := range l.Places {
		m.Places = append(m.Places, placeTo(p))
	}
	for _, h := range l.Hours {
		m.Hours = append(m.Hours, &v1.RotationWindow{Days: uint32(h.Days), FromMinute: uint32(h.From), UntilMinute: uint32(h.Until)})
	}
	return m
}

func layerFrom(check *fault.Check, m *v1.RotationLayer) oncall.Layer {
	l := oncall.Layer{
		ID: ident[id.Layer](check, "layer_id", m.GetLayerId()), Name: m.GetName(), Priority: int(m.GetPriority()), Zone: m.GetZone(),
		Anchor: oncall.Wall(m.GetAnchorWall()), Unit: small[oncall.Unit](m.GetUnit()), Every: int(m.GetEvery()), Turn: int(m.GetTurn()),
		From: Time(m.GetFromUs()), Until: Time(m.GetUntilUs()),
	}
	for _, p := range m.GetPlaces() {
		l.Places = append(l.Places, placeFrom(check, p))
	}
	for _, h := range m.GetHours() {
		l.Hours = append(l.Hours, oncall.Window{
			Days: small[oncall.Days](h.GetDays()), From: int(h.GetFromMinute()), Until: int(h.GetUntilMinute()),
		})
	}
	return l
}

func placeTo(p oncall.Place) *v1.RotationPlace {
	m := &v1.RotationPlace{}
	for _, person := range p {
		m.PersonIds = append(m.PersonIds, person.Bytes())
	}
	return m
}

func placeFrom(check *fault.Check, m *v1.RotationPlace) oncall.Place {
	var p oncall.Place
	for _, person := range m.GetPersonIds() {
		p = append(p, ident[id.Person](check, "person_ids", person))
	}
	return p
}

func overrideTo(o oncall.Override) *v1.Override {
	m := &v1.Override{
		OverrideId: bytesOf(o.ID), Deed: uint32(o.Deed), FromUs: Micros(o.From), UntilUs: Micros(o.Until), OutId: bytesOf(o.Out),
		InId: bytesOf(o.In), ById: bytesOf(o.By), CoverId: bytesOf(o.Cover),
	}
	for _, p := range o.Shifts {
		m.Shifts = append(m.Shifts, &v1.Posting{FromUs: Micros(p.From), UntilUs: Micros(p.Until), Place: placeTo(p.Place)})
	}
	return m
}

func overrideFrom(check *fault.Check, m *v1.Override) oncall.Override {
	o := oncall.Override{
		ID: ident[id.Override](check, "override_id", m.GetOverrideId()), Deed: small[oncall.Deed](m.GetDeed()),
		From: Time(m.GetFromUs()), Until: Time(m.GetUntilUs()), Out: ident[id.Person](check, "out_id", m.GetOutId()),
		In: ident[id.Person](check, "in_id", m.GetInId()), By: ident[id.Person](check, "by_id", m.GetById()),
		Cover: ident[id.Cover](check, "cover_id", m.GetCoverId()),
	}
	for _, p := range m.GetShifts() {
		o.Shifts = append(o.Shifts, oncall.Posting{From: Time(p.GetFromUs()), Until: Time(p.GetUntilUs()), Place: placeFrom(check, p.GetPlace())})
	}
	return o
}

func coverTo(c oncall.Cover) *v1.Cover {
	return &v1.Cover{CoverId: bytesOf(c.ID), PersonId: bytesOf(c.Person), FromUs: Micros(c.From), UntilUs: Micros(c.Until), Note: text(c.Note)}
}

func coverFrom(check *fault.Check, m *v1.Cover) oncall.Cover {
	return oncall.Cover{
		ID: ident[id.Cover](check, "cover_id", m.GetCoverId()), Person: ident[id.Person](check, "person_id", m.GetPersonId()),
		From: Time(m.GetFromUs()), Until: Time(m.GetUntilUs()), Note: m.GetNote(),
	}
}
