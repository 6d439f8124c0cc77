package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/session"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/oncall"
)

// feedCommands are about the addresses under which calendars read who is on call.
type feedCommands struct {
	List   feedList   `cmd:"" default:"1" help:"List your addresses, without what is secret of them."`
	Make   feedMake   `cmd:"" help:"Make an address and print it. It cannot be read again."`
	Revoke feedRevoke `cmd:"" help:"Revoke an address: nothing is read under it any more."`
}

// feedList lists addresses.
type feedList struct{}

// Run prints a line for each.
func (feedList) Run(p *program) error {
	feeds, err := p.feeds()
	if err != nil {
		return err
	}
	v, now := p.view(), p.clock.Now()
	if len(feeds) == 0 {
		_, err = fmt.Fprintln(p.out, p.words.Calendar.None)
	}
	for i, f := range feeds {
		_, more := fmt.Fprintf(p.out, p.words.Calendar.Line+"\n", i+1, v.FeedShows(f), v.FeedMade(f, now), v.FeedRead(f, now))
		err = errors.Join(err, more)
	}
	return err
}

// feedMake makes an address.
type feedMake struct {
	Rotation string `help:"Show everybody in this rotation, and not your own shifts." xor:"what"`
	All      bool   `help:"Show everybody in all rotations." xor:"what"`
}

// Run prints the address, and nothing else: it may go on into another program.
func (c feedMake) Run(p *program) error {
	wish := session.FeedWish{Kind: oncall.OwnShifts}
	switch {
	case c.All:
		wish.Kind = oncall.AllShifts
	case c.Rotation != "":
		r, err := p.rotation(c.Rotation)
		if err != nil {
			return err
		}
		wish.Kind, wish.Rotation = oncall.OneRotation, r
	}
	made, err := p.wish(wish)
	if err == nil {
		_, err = fmt.Fprintln(p.out, made.Address)
	}
	return err
}

// feedRevoke revokes one.
type feedRevoke struct {
	Number int `arg:"" help:"Its number in the list."`
}

// Run says what was to be seen there.
func (c feedRevoke) Run(p *program) error {
	feeds, err := p.feeds()
	if err != nil {
		return err
	}
	w := p.words.Calendar
	if c.Number < 1 || c.Number > len(feeds) {
		return told{What: fmt.Sprintf(w.NoSuch, c.Number), Do: w.NoSuchDo}
	}
	f := feeds[c.Number-1]
	if _, err := p.wish(session.FeedWish{Revoke: f.ID}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, w.Revoked+"\n", p.view().FeedShows(f))
	return err
}

// told is what went wrong, in words already.
type told present.Trouble

// Error returns the first of them.
func (t told) Error() string { return t.What }

func (p *program) view() present.View { return present.View{Zone: p.zone, Words: p.words} }

func (p *program) feeds() ([]present.Feed, error) {
	got, err := p.wish(session.FeedWish{})
	return got.Feeds, err
}

// rotation returns the rotation of a name, in whatever case.
func (p *program) rotation(name string) (id.Rotation, error) {
	roll, err := p.roll()
	if err != nil {
		return id.Rotation{}, err
	}
	var names []string
	for _, r := range roll.Rotations {
		if strings.EqualFold(r.Name, strings.TrimSpace(name)) {
			return id.Parse[id.Rotation](r.ID)
		}
		names = append(names, r.Name)
	}
	w := p.words.Calendar
	out := told{What: fmt.Sprintf(w.NoRotation, name)}
	if len(names) > 0 {
		out.Do = fmt.Sprintf(w.NoRotationDo, strings.Join(names, ", "))
	}
	return id.Rotation{}, out
}

// wish has the client that runs carry a wish out, which has the folder; where none runs, it is carried out here.
func (p *program) wish(w session.FeedWish) (got session.FeedAnswer, err error) {
	if _, err := os.Stat(p.dir); errors.Is(err, os.ErrNotExist) {
		return got, p.nobodyHere()
	}
	question, err := json.Marshal(w)
	if err != nil {
		return got, fmt.Errorf("write a wish: %w", err)
	}
	if said, err := desktop.Ask(p.ctx, p.dir, session.FeedQuestion+string(question)); err == nil {
		if err := json.Unmarshal(said, &got); err != nil {
			return got, fmt.Errorf("read the answer of the client that runs: %w", err)
		}
	} else if got, err = p.wishAlone(w); err != nil {
		return got, err
	}
	if got.Trouble != nil {
		return got, told(*got.Trouble)
	}
	return got, nil
}

func (p *program) wishAlone(w session.FeedWish) (got session.FeedAnswer, err error) {
	s, err := session.Open(p.ctx, session.Options{Dir: p.dir, Clock: p.clock, Logger: quiet(), Zone: p.zone, Words: p.words})
	if err != nil {
		return got, err
	}
	enrolled, err := s.Enrolled(p.ctx)
	if err == nil && enrolled {
		got = s.CarryOut(p.ctx, w)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return got, err
	}
	if !enrolled {
		return got, p.nobodyHere()
	}
	return got, nil
}
