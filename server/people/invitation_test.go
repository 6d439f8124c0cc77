package people_test

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

const home, away = "192.0.2.1", "198.51.100.7"

func TestCodeWorksOnceForTenMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	person, admin := id.New[id.Person](), id.New[id.Person]()
	for name, c := range map[string]struct {
		after time.Duration
		good  bool
	}{
		"at once":                   {0, true},
		"a moment before the end":   {people.CodeLife - time.Microsecond, true},
		"on the tenth minute":       {people.CodeLife, false},
		"a day later":               {25 * time.Hour, false},
		"a year later, and cleaned": {365 * 24 * time.Hour, false},
	} {
		code := h.invite(t, person, admin, noon)
		if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(code) {
			t.Errorf("%s: the code %q is not two groups of Crockford's letters", name, code)
		}
		got, err := h.redeem(code, name, noon.Add(c.after))
		if !c.good {
			wantKind(t, err, fault.Denied)
			continue
		}
		want := people.Invitation{Person: person, MadeBy: admin, Expires: noon.Add(people.CodeLife)}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		_, err = h.redeem(code, name, noon.Add(c.after))
		wantKind(t, err, fault.Denied)
	}
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	typed := map[string]func(string) string{
		"as shown":           func(c string) string { return c },
		"lower case":         strings.ToLower,
		"without hyphen":     func(c string) string { return strings.ReplaceAll(c, "-", "") },
		"spaces":             func(c string) string { return " " + strings.ReplaceAll(c, "-", " \t ") + "\n" },
		"a dash for hyphen":  func(c string) string { return strings.ReplaceAll(c, "-", "–") },
		"letters for digits": strings.NewReplacer("0", "O", "1", "I").Replace,
		"the other letters":  strings.NewReplacer("0", "o", "1", "l").Replace,
		"capital L":          strings.NewReplacer("1", "L").Replace,
		"letter by letter":   func(c string) string { return strings.Join(strings.Split(c, ""), "-") },
	}
	for name, type_ := range typed {
		for range 20 { // so that there are codes with 0 and 1 among them
			code := h.invite(t, id.New[id.Person](), id.Person{}, noon)
			if _, err := h.redeem(type_(code), home, noon); err != nil {
				t.Errorf("%s: %q: %v", name, type_(code), err)
			}
		}
	}
}

func TestEveryWrongCodeGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	used := h.invite(t, id.New[id.Person](), id.Person{}, noon)
	if _, err := h.redeem(used, home, noon); err != nil {
		t.Fatal(err)
	}
	expired := h.invite(t, id.New[id.Person](), id.Person{}, noon.Add(-time.Hour))
	good := h.invite(t, id.New[id.Person](), id.Person{}, noon)
	wrong := map[string]string{
		"empty": "", "used": used, "expired": expired, "never made": "0000-0000", "short": good[:8], "long": good + "0",
		"no letter of ours": "UUUU-UUUU", "not UTF-8": "\xff\xfe", "huge": strings.Repeat("0", 1<<20),
		"much air": strings.Repeat(" ", 200) + good, "SQL": "' OR 1=1 --",
	}
	answers := map[string]bool{}
	for name, code := range wrong {
		_, err := h.redeem(code, name, noon)
		wantKind(t, err, fault.Denied)
		answers[err.Error()] = true
	}
	if len(answers) != 1 {
		t.Errorf("there are %d answers: %v", len(answers), answers)
	}
	if _, err := h.redeem(good, home, noon); err != nil {
		t.Errorf("the good code, after all that: %v", err)
	}
}

func TestFiveWrongTriesLockTheSource(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := h.invite(t, id.New[id.Person](), id.Person{}, noon)
	for range 5 { // every one of these transactions is rolled back
		_, err := h.redeem("0000-0000", home, noon)
		wantKind(t, err, fault.Denied)
	}
	_, err := h.redeem(good, home, noon.Add(time.Second))
	wantKind(t, err, fault.TooMany)
	if do := fault.Find(err).Do; !strings.Contains(do, "in 10 minutes") {
		t.Errorf("the advice is %q", do)
	}
	_, err = h.redeem(good, "::ffff:"+home, noon.Add(9*time.Minute+time.Second))
	wantKind(t, err, fault.TooMany)
	if do := fault.Find(err).Do; !strings.Contains(do, "in a minute") {
		t.Errorf("the advice is %q", do)
	}
	if _, err := h.redeem(good, away, noon.Add(time.Minute)); err != nil {
		t.Errorf("another source, and the code that was not used up: %v", err)
	}
	fresh := h.invite(t, id.New[id.Person](), id.Person{}, noon.Add(9*time.Minute))
	if _, err := h.redeem(fresh, home, noon.Add(10*time.Minute)); err != nil {
		t.Errorf("after ten minutes: %v", err)
	}
}

func TestOneCustomersAddressesAreOneSource(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, source := range []string{"2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8::4%eth0", "2001:DB8::5"} {
		_, err := h.redeem("", source, noon)
		wantKind(t, err, fault.Denied)
	}
	_, err := h.redeem("", "2001:db8::6", noon)
	wantKind(t, err, fault.TooMany)
	_, err = h.redeem("", "2001:db8:0:1::6", noon)
	wantKind(t, err, fault.Denied)
}

func TestARightCodeForgetsTheWrongOnes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 {
		for range 4 {
			_, err := h.redeem("wrong", home, noon)
			wantKind(t, err, fault.Denied)
		}
		if _, err := h.redeem(h.invite(t, id.New[id.Person](), id.Person{}, noon), home, noon); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACodeIsGoodAgainAfterARollback(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code := h.invite(t, id.New[id.Person](), id.Person{}, noon)
	diskFull := errors.New("disk full")
	for range 6 {
		err := h.db.InTx(t.Context(), func(tx *sql.Tx) error {
			if _, err := h.Redeem(t.Context(), tx, code, home, noon); err != nil {
				return err
			}
			return diskFull
		})
		if !errors.Is(err, diskFull) {
			t.Fatal(err)
		}
	}
	if _, err := h.redeem(code, home, noon); err != nil {
		t.Error(err)
	}
}

func TestOurOwnFailureIsNoWrongTry(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	code := h.invite(t, id.New[id.Person](), id.Person{}, noon)
	for range 9 {
		err := h.db.InTx(t.Context(), func(tx *sql.Tx) error {
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := h.Redeem(gone, tx, code, home, noon)
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if _, err := h.redeem(code, home, noon); err != nil {
		t.Error(err)
	}
}
