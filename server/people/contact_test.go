package people_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/database/databasetest"
	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/reach"
)

const (
	number  = "+491701234567"
	another = "+14155552671"
)

// add adds a contact, and returns it as stored.
func (h *house) add(t tester, p id.Person, kind reach.Channel, address string, now time.Time) people.Contact {
	t.Helper()
	got, err := h.tryAdd(p, kind, address, now)
	if err != nil {
		t.Fatalf("add: %v", err)
	}
	return got
}

func (h *house) tryAdd(p id.Person, kind reach.Channel, address string, now time.Time) (got people.Contact, err error) {
	c := people.Contact{ID: id.New[id.Contact](), Person: p, Kind: kind, Address: people.Secret(address)}
	err = h.db.InTx(context.Background(), func(tx *sql.Tx) (err error) {
		got, err = h.AddContact(context.Background(), tx, c, now)
		return err
	})
	return got, err
}

func (h *house) begin(p id.Person, c id.Contact, now time.Time) (got people.Challenge, err error) {
	err = h.db.InTx(context.Background(), func(tx *sql.Tx) (err error) {
		got, err = h.BeginVerify(context.Background(), tx, p, c, now)
		return err
	})
	return got, err
}

func (h *house) confirm(p id.Person, c id.Contact, code string, now time.Time) error {
	return h.db.InTx(context.Background(), func(tx *sql.Tx) error {
		return h.Confirm(context.Background(), tx, people.Answer{Contact: c, Person: p, Code: code}, now)
	})
}

func (h *house) remove(p id.Person, c id.Contact, now time.Time) error {
	return h.db.InTx(context.Background(), func(tx *sql.Tx) error { return h.RemoveContact(context.Background(), tx, p, c, now) })
}

func (h *house) reach(t tester, p id.Person) (got people.Reach) {
	t.Helper()
	h.tx(t, func(tx *sql.Tx) (err error) {
		got, err = h.Reach(context.Background(), tx, p)
		return err
	})
	return got
}

func (h *house) list(t *testing.T, p id.Person) []people.Contact {
	t.Helper()
	got, err := h.Contacts(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAContactIsAddedVerifiedAndRemoved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada, bob := id.New[id.Person](), id.New[id.Person]()
	text := h.add(t, ada, reach.SMS, "0049 (170) 1234567", noon)
	voice := h.add(t, ada, reach.Call, "+49 170 1234567", noon.Add(time.Second))
	letter := h.add(t, ada, reach.Mail, "Ada@Example.COM", noon.Add(2*time.Second))
	if again := h.add(t, ada, reach.SMS, number, noon.Add(time.Hour)); again.ID != text.ID {
		t.Error("the same number was added twice")
	}
	want := []people.Contact{
		{ID: text.ID, Person: ada, Kind: reach.SMS, Address: number, Made: noon},
		{ID: voice.ID, Person: ada, Kind: reach.Call, Address: number, Made: noon.Add(time.Second)},
		{ID: letter.ID, Person: ada, Kind: reach.Mail, Address: "Ada@example.com", Made: noon.Add(2 * time.Second)},
	}
	if diff := cmp.Diff(want, h.list(t, ada)); diff != "" {
		t.Error(diff)
	}
	if got := h.reach(t, ada); got.Channels != 0 {
		t.Errorf("what nobody verified reaches somebody: %b", got.Channels)
	}
	sent, err := h.begin(ada, text.ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	if sent.Address != number || sent.Kind != reach.SMS || len(sent.Code) != 6 || sent.Expires != noon.Add(people.ConfirmLife) {
		t.Errorf("%+v to %s", sent, string(sent.Address))
	}
	if err := h.confirm(ada, text.ID, " "+string(sent.Code[:3])+"–"+string(sent.Code[3:])+"\n", noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := h.reach(t, ada).Channels; got != reach.ChannelsOf(reach.SMS, reach.Call) {
		t.Errorf("one number, shown once to be hers: %b", got)
	}
	if h.list(t, ada)[1].Verified != noon.Add(time.Minute) {
		t.Error("when it was verified is not known")
	}
	if err := errors.Join(h.remove(ada, text.ID, noon), h.remove(ada, text.ID, noon)); err != nil {
		t.Error(err)
	}
	if again := h.add(t, ada, reach.SMS, number, noon); again.ID == text.ID || again.Verified.IsZero() {
		t.Errorf("added anew, of a number that she has shown to be hers: %+v", again)
	}
	wantKind(t, h.remove(bob, voice.ID, noon), fault.NotFound)
	_, err = h.begin(bob, letter.ID, noon)
	wantKind(t, err, fault.NotFound)
	wantKind(t, h.confirm(bob, letter.ID, "000000", noon), fault.NotFound)
	if len(h.list(t, bob)) != 0 {
		t.Error("Bob has what is Ada's")
	}
}

func TestFaultyAddressesAreNamedAndNotRepeated(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, c := range []struct {
		kind    reach.Channel
		address string
		want    string
	}{
		{reach.SMS, "0170 1234567", "number begins with the code of its country"},
		{reach.Call, "ada@example.com", "number has signs"},
		{reach.Mail, "ada.example.com", "address has no @"},
		{reach.Mail, "Ada Lovelace <ada@example.com>", "address has signs"},
		{reach.Mail, "ada@example", "address has no whole domain"},
		{reach.Mail, "ada@@example.com", "address is not written like"},
		{reach.Mail, "ada@example.com\r\nBcc: eve@example.com", "address has signs"},
		{reach.Mail, "ada.@example.com", "address is not written like"},
		{reach.Mail, strings.Repeat("a", 250) + "@example.com", "address is too long"},
		{reach.Mail, "", "address is empty"},
		{reach.Push, "token", "kind is of a kind"},
		{9, "x", "kind is of a kind"},
	} {
		_, err := h.tryAdd(id.New[id.Person](), c.kind, c.address, noon)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want %q", c.address, err, c.want)
		}
		if len(c.address) > 1 && strings.Contains(err.Error(), c.address) {
			t.Errorf("the address is repeated: %v", err)
		}
	}
	f := fault.Find(h.db.InTx(t.Context(), func(tx *sql.Tx) error {
		_, err := h.AddContact(t.Context(), tx, people.Contact{Kind: reach.SMS}, noon)
		return err
	}))
	if f == nil || len(f.Fields) != 3 {
		t.Errorf("%v does not name all three", f)
	}
}

func TestAPersonHasTenContactsAndAddsTwentyADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := id.New[id.Person]()
	var last people.Contact
	for i := range people.MaxContacts {
		last = h.add(t, ada, reach.SMS, fmt.Sprintf("+4917012345%02d", i), noon)
	}
	_, err := h.tryAdd(ada, reach.Mail, "ada@example.com", noon)
	wantKind(t, err, fault.TooLarge)
	for i := range people.MaxContacts {
		if err := h.remove(ada, last.ID, noon); err != nil {
			t.Fatal(err)
		}
		last = h.add(t, ada, reach.SMS, fmt.Sprintf("+4917099999%02d", i), noon)
	}
	if err := h.remove(ada, last.ID, noon); err != nil {
		t.Fatal(err)
	}
	_, err = h.tryAdd(ada, reach.SMS, another, noon.Add(23*time.Hour))
	wantKind(t, err, fault.TooMany)
	h.add(t, ada, reach.SMS, another, noon.Add(24*time.Hour))
	h.add(t, id.New[id.Person](), reach.SMS, another, noon)
}

func TestACodeConfirmsOnceForFifteenMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct {
		after time.Duration
		spoil func(code string) string
		good  bool
	}{
		"at once":          {0, strings.Clone, true},
		"at the last":      {people.ConfirmLife - time.Microsecond, strings.Clone, true},
		"too late":         {people.ConfirmLife, strings.Clone, false},
		"another":          {0, func(c string) string { return c[:5] + string('0'+(c[5]-'0'+1)%10) }, false},
		"none":             {0, func(string) string { return "" }, false},
		"with more digits": {0, func(c string) string { return c + "0" }, false},
	} {
		ada := id.New[id.Person]()
		c := h.add(t, ada, reach.SMS, number, noon)
		if err := h.confirm(ada, c.ID, "", noon); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: before any was sent: %v", name, err)
		}
		sent, err := h.begin(ada, c.ID, noon)
		if err != nil {
			t.Fatal(err)
		}
		err = h.confirm(ada, c.ID, test.spoil(string(sent.Code)), noon.Add(test.after))
		if test.good != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if !test.good {
			wantKind(t, err, fault.Denied)
			continue
		}
		_, err = h.begin(ada, c.ID, noon.Add(time.Hour))
		wantKind(t, err, fault.Invalid)
	}
}

func TestAFormerCodeIsVoidAndAnothersToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := id.New[id.Person]()
	mine, other := h.add(t, ada, reach.SMS, number, noon), h.add(t, ada, reach.SMS, another, noon)
	var codes []string
	for i := range 2 {
		sent, err := h.begin(ada, mine.ID, noon.Add(time.Duration(i)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, string(sent.Code))
	}
	if codes[0] == codes[1] {
		t.Skip("once in a million")
	}
	if _, err := h.begin(ada, other.ID, noon); err != nil {
		t.Fatal(err)
	}
	wantKind(t, h.confirm(ada, mine.ID, codes[0], noon.Add(time.Minute)), fault.Denied)
	wantKind(t, h.confirm(ada, other.ID, codes[1], noon.Add(time.Minute)), fault.Denied)
	if err := h.confirm(ada, mine.ID, codes[1], noon.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestNobodyIsPesteredWithCodes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := id.New[id.Person]()
	c := h.add(t, ada, reach.SMS, number, noon)
	at := noon
	for range 5 {
		if _, err := h.begin(ada, c.ID, at); err != nil {
			t.Fatal(err)
		}
		_, err := h.begin(ada, c.ID, at.Add(59*time.Second))
		wantKind(t, err, fault.TooMany)
		at = at.Add(time.Minute)
	}
	_, err := h.begin(ada, c.ID, noon.Add(23*time.Hour))
	wantKind(t, err, fault.TooMany)
	if _, err := h.begin(ada, c.ID, noon.Add(24*time.Hour)); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

// A code that could not be sent is void, and is not waited for; it counts among those of the day.
func TestWhatCouldNotBeSentIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := id.New[id.Person]()
	c := h.add(t, ada, reach.SMS, number, noon)
	for range 5 {
		sent, err := h.begin(ada, c.ID, noon)
		if err != nil {
			t.Fatal(err)
		}
		h.tx(t, func(tx *sql.Tx) error { return h.AbandonVerify(t.Context(), tx, sent) })
		if len(sent.Code) != 6 {
			t.Fatal("no code")
		}
	}
	wantKind(t, h.confirm(ada, c.ID, "000000", noon), fault.Denied)
	_, err := h.begin(ada, c.ID, noon)
	wantKind(t, err, fault.TooMany)
}

func TestFiveWrongCodesLockAContact(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := id.New[id.Person]()
	c, other := h.add(t, ada, reach.SMS, number, noon), h.add(t, ada, reach.SMS, another, noon)
	sent, err := h.begin(ada, c.ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		wantKind(t, h.confirm(ada, c.ID, "no", noon), fault.Denied)
	}
	wantKind(t, h.confirm(ada, c.ID, string(sent.Code), noon.Add(time.Minute)), fault.TooMany)
	wantKind(t, h.confirm(ada, other.ID, "no", noon), fault.Denied)
	if err := h.confirm(ada, c.ID, string(sent.Code), noon.Add(10*time.Minute)); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
}

func TestWhatWasTriedIsRemembered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := id.New[id.Person]()
	c := h.add(t, ada, reach.SMS, number, noon)
	tried := func(at time.Time, failed bool) {
		h.tx(t, func(tx *sql.Tx) error { return h.Tried(t.Context(), tx, c.ID, at, failed) })
	}
	tried(noon.Add(time.Hour), true)
	tried(noon, false) // of which the news came late
	if got := h.list(t, ada)[0]; got.Tried != noon.Add(time.Hour) || !got.Failed {
		t.Errorf("%+v", got)
	}
}

func (h *house) register(d id.Device, token string, now time.Time) (changed []id.Person, err error) {
	err = h.db.InTx(context.Background(), func(tx *sql.Tx) (err error) {
		t := people.PushToken{Device: d, Platform: "android", Token: people.Secret(token), At: now}
		changed, err = h.RegisterPush(context.Background(), tx, t)
		return err
	})
	return changed, err
}

func (h *house) tokens(t *testing.T, p id.Person) string {
	t.Helper()
	all, err := h.PushTokens(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, token := range all {
		out = append(out, string(token.Token))
	}
	return strings.Join(out, " ")
}

func TestADeviceIsPushedToUntilItIsShutOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.enrol(t, noon)
	ada, device := p.actor.Person, p.actor.Device
	for _, token := range []string{"one", "two", "two"} {
		if changed, err := h.register(device, token, noon); err != nil || !cmp.Equal(changed, []id.Person{ada}) {
			t.Fatal(changed, err)
		}
	}
	if got := h.tokens(t, ada); got != "two" {
		t.Errorf("pushed to %q", got)
	}
	if diff := cmp.Diff(people.Reach{Channels: reach.ChannelsOf(reach.Push), Devices: []id.Device{device}}, h.reach(t, ada)); diff != "" {
		t.Error(diff)
	}
	h.tx(t, func(tx *sql.Tx) error { return h.RevokeDevice(t.Context(), tx, device, noon) })
	if got, reach := h.tokens(t, ada), h.reach(t, ada); got != "" || reach.Channels != 0 {
		t.Errorf("shut out, and pushed to %q: %+v", got, reach)
	}
	_, err := h.register(device, "three", noon)
	wantKind(t, err, fault.NotFound)
	var lying int
	if err := h.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM push_token WHERE token <> ''").Scan(&lying); err != nil || lying != 0 {
		t.Errorf("%d tokens are still there, %v", lying, err)
	}
}

func TestATokenIsOfOneDevice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old, fresh := h.enrol(t, noon), h.enrol(t, noon)
	for _, d := range []phone{old, fresh} {
		if _, err := h.register(d.actor.Device, "token", noon); err != nil {
			t.Fatal(err)
		}
	}
	changed, err := h.register(old.actor.Device, "token", noon.Add(time.Hour))
	if err != nil || !cmp.Equal(changed, []id.Person{old.actor.Person, fresh.actor.Person}) {
		t.Errorf("%v, %v", changed, err)
	}
	if a, b := h.tokens(t, old.actor.Person), h.tokens(t, fresh.actor.Person); a != "token" || b != "" {
		t.Errorf("pushed to %q and %q", a, b)
	}
	var was id.Person
	h.tx(t, func(tx *sql.Tx) (err error) {
		was, err = h.Unregistered(t.Context(), tx, "token", noon)
		return err
	})
	if was != old.actor.Person || h.tokens(t, was) != "" {
		t.Errorf("%s, %q", was, h.tokens(t, was))
	}
	for _, bad := range []string{"", "\xff", strings.Repeat("x", 4097)} {
		if _, err := h.register(fresh.actor.Device, bad, noon); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}

// A device that was found in the wrong hands, and is not on record yet, is pushed to no more.
func TestAThiefIsNotPushedTo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p, thief := h.enrol(t, noon), h.enrol(t, noon)
	if _, err := h.register(p.actor.Device, "token", noon); err != nil {
		t.Fatal(err)
	}
	_, _, err := h.refresh(p.tokens.Refresh, thief.key, noon)
	wantKind(t, err, fault.Unauthenticated)
	if got := h.tokens(t, p.actor.Person); got != "" {
		t.Errorf("pushed to %q", got)
	}
}

func TestASecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	all := []any{
		people.Contact{Address: number},
		people.Challenge{Address: number, Code: number},
		people.PushToken{Token: number},
		&people.Contact{Address: number},
		[]people.Secret{number},
		people.Secret(number),
	}
	for _, v := range all {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		raw, err := json.Marshal(v)
		printed := fmt.Sprintf("%v %+v %#v %s %q", v, v, v, v, v) + log.String() + string(raw)
		if err != nil || strings.Contains(printed, number[3:]) || !strings.Contains(printed, "…") {
			t.Errorf("%T: %v, %s", v, err, printed)
		}
	}
}

func TestNothingIsKeptOfWhatEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	databasetest.File(t, h.db)
	ada := id.New[id.Person]()
	c := h.add(t, ada, reach.SMS, number, noon)
	sent, err := h.begin(ada, c.ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	count := func(query string, args ...any) (n int) {
		t.Helper()
		if err := h.db.Reader().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if count("SELECT count(*) FROM contact_method WHERE address = ? AND code_hash IS NOT NULL", number) != 1 {
		t.Fatal("nothing is there")
	}
	if err := h.remove(ada, c.ID, noon); err != nil {
		t.Fatal(err)
	}
	if count("SELECT count(*) FROM contact_method WHERE address <> '' OR code_hash IS NOT NULL") != 0 {
		t.Error("what was removed is still there")
	}
	wantKind(t, h.confirm(ada, c.ID, string(sent.Code), noon), fault.NotFound)
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(h.path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(file, []byte(string(sent.Code))) || bytes.Contains(file, []byte(number)) {
		t.Error("the file holds the code or the number")
	}
}
