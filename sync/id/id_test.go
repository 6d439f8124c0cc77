package id_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tsugi-app/tsugi/sync/id"
)

func anyID(t *rapid.T, label string) id.Entry {
	return id.Entry(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label))
}

func TestAnIDSurvivesItsTextAndItsBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := anyID(t, "id")
		if have, err := id.Parse[id.Entry](want.String()); err != nil || have != want {
			t.Fatalf("%v became %v as text (%v)", want, have, err)
		}
		if have, err := id.From[id.Entry](want.Bytes()); err != nil || have != want {
			t.Fatalf("%v became %v as bytes (%v)", want, have, err)
		}
		if !strings.HasSuffix(want.String(), want.Short()) || len(want.Short()) != 8 {
			t.Fatalf("%s is no short form of %s", want.Short(), want)
		}
	})
}

func TestOnlyTheTextFormIsParsed(t *testing.T) {
	t.Parallel()
	whole := id.New[id.Person]().String()
	for name, text := range map[string]string{
		"nothing": "", "a name": "ada", "cut": whole[:35], "longer": whole + "0", "no hyphens": strings.ReplaceAll(whole, "-", ""),
		"braces": "{" + whole + "}", "urn": "urn:uuid:" + whole, "no digit": "g" + whole[1:],
	} {
		if have, err := id.Parse[id.Person](text); err == nil || !have.IsZero() {
			t.Errorf("%s: %q became %v", name, text, have)
		}
	}
}

func TestOnlySixteenBytesAreAnID(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		have, err := id.From[id.Command](make([]byte, n))
		if (err == nil) != (n == 16) || !have.IsZero() {
			t.Errorf("%d bytes became %v, %v", n, have, err)
		}
	}
}

func TestBytesAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	i := id.New[id.Scope]()
	before := i
	raw := i.Bytes()
	raw[0]++
	if i != before || !bytes.Equal(i.Bytes(), before[:]) {
		t.Error("writing to the bytes changed the id")
	}
}

func TestIDsMadeLaterSortLater(t *testing.T) {
	t.Parallel()
	last := id.Command{}
	for range 1_000 {
		next := id.New[id.Command]()
		if next.Compare(last) <= 0 || next.String() <= last.String() {
			t.Fatalf("%s does not follow %s", next, last)
		}
		last = next
	}
}

func TestADerivedIDIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		space, other := anyID(t, "space"), anyID(t, "other space")
		name, further := rapid.String().Draw(t, "name"), rapid.String().Draw(t, "further")
		first := id.Derive[id.Incident](space, name)
		if first != id.Derive[id.Incident](space, name) || first.IsZero() {
			t.Fatal("the same name got another id")
		}
		if name != further && first == id.Derive[id.Incident](space, further) {
			t.Fatal("two names got the same id")
		}
		if space != other && first == id.Derive[id.Incident](other, name) {
			t.Fatal("two spaces gave the same id")
		}
	})
	// Stored ids depend on it: RFC 9562, appendix A.4, a name-based UUID in the space of domain names.
	dns, err := id.Parse[id.Stream]("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
	if have := id.Derive[id.Stream](dns, "www.example.com").String(); err != nil || have != "2ed6657d-e927-568b-95e1-2665a8aea6a2" {
		t.Errorf("derived %s, %v", have, err)
	}
}

func TestWellKnownIDsNeverMove(t *testing.T) {
	t.Parallel()
	ada, err := id.Parse[id.Person]("0197f2a4-8a3c-7d11-9f00-1b2c3d4e5f60")
	if err != nil {
		t.Fatal(err)
	}
	for want, have := range map[string]string{
		"00000000-0000-0000-0000-000000000001": id.Everyone().String(),
		"00000000-0000-0000-0000-000000000002": id.Workspace().String(),
		"0197f2a4-8a3c-7d11-9f00-1b2c3d4e5f60": id.Own(ada).String(),
		"9eb544d9-d5d1-8e37-8457-6cfa0524c6c6": id.Reader(ada).String(),
	} {
		if have != want {
			t.Errorf("%s became %s", want, have)
		}
	}
	for want, have := range []id.Kind{id.KindUnknown, id.KindIncident, id.KindWorkspace, id.KindPerson, id.KindReader} {
		if int(have) != want {
			t.Errorf("kind %d became %d: stored numbers never change", want, have)
		}
	}
}

func TestASignatureForRefreshingIsGoodForNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.String().Draw(t, "token")
		message := id.RefreshMessage(token)
		if bytes.Equal(message, []byte(token)) || !bytes.HasSuffix(message, []byte("\x00"+token)) {
			t.Fatalf("%q is what the device signs for %q", message, token)
		}
	})
}

func TestReadingMarksAreOwned(t *testing.T) {
	t.Parallel()
	p := id.New[id.Person]()
	if id.New[id.Stream]().Owned() || id.Derive[id.Stream](p, "reader").Owned() || !id.Reader(p).Owned() {
		t.Error("an id that anybody may take is owned, or reading marks are not")
	}
}
