package desktop

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Link is what another program, or a second start, asks a running client to show. The zero Link asks
// for the window alone.
type Link struct {
	Incident id.Incident // open this room
	Number   uint32      // open the room of INC-214
	Private  uint32      // open the room of P-85170
	Device   id.Device   // open where this device is shown
	Person   id.Person   // open where is shown how this person is reached
	Board    bool        // open the board
	Declare  bool        // open the form; nothing is declared by a link
	Title    string      // and put this title into it
	Unknown  string      // say that this cannot be opened
}

// The limits of a link, in bytes and in characters.
const (
	linkMost  = 4096
	titleMost = 500
)

// ParseLink reads a link:
//
//	tsugi://incident/0197…        a room
//	tsugi://inc/214               the same, as people say it
//	tsugi://inc/P-85170           a private one, as people say it
//	tsugi://device/0197…          where a device is shown
//	tsugi://person/0197…          how somebody is reached
//	tsugi://declare?title=…       the form, with a title
//	tsugi://board                 the board
//	tsugi://unknown?link=…        the window, which says that it cannot open this
//	tsugi:// or nothing           the window
//
// It fails on everything else.
func ParseLink(text string) (Link, error) {
	if text = strings.TrimSpace(text); text == "" {
		return Link{}, nil
	}
	if len(text) > linkMost {
		return Link{}, errors.New("read link: it is too long")
	}
	u, err := url.Parse(text)
	if err != nil {
		return Link{}, fmt.Errorf("read link: %w", err)
	}
	if u.Scheme != "tsugi" || u.Opaque != "" || u.User != nil {
		return Link{}, errors.New("read link: it does not begin with tsugi://")
	}
	return parseTarget(strings.ToLower(u.Host), strings.Trim(u.Path, "/"), u.Query())
}

func parseTarget(noun, name string, query url.Values) (Link, error) {
	switch {
	case noun == "" && name == "":
		return Link{}, nil
	case noun == "board" && name == "":
		return Link{Board: true}, nil
	case noun == "declare" && name == "":
		return Link{Declare: true, Title: oneLine(query.Get("title"))}, nil
	case noun == "unknown" && name == "" && clip(oneLine(query.Get("link")), unknownMost) != "":
		return Link{Unknown: clip(oneLine(query.Get("link")), unknownMost)}, nil
	case noun == "incident":
		in, err := named[id.Incident](name)
		return Link{Incident: in}, err
	case noun == "device":
		device, err := named[id.Device](name)
		return Link{Device: device}, err
	case noun == "person":
		person, err := named[id.Person](name)
		return Link{Person: person}, err
	case noun == "inc":
		return numbered(name)
	default:
		return Link{}, fmt.Errorf("read link: there is no %q to open", noun)
	}
}

// named reads the id of something.
func named[T ~[16]byte](name string) (T, error) {
	of, err := id.Parse[T](name)
	if err == nil && of == (T{}) {
		err = errors.New("it names nothing")
	}
	if err != nil {
		return T{}, fmt.Errorf("read link: %w", err)
	}
	return of, nil
}

// privateMark is what the number of a private incident begins with.
const privateMark = "P-"

// numbered reads a number as people say it.
func numbered(name string) (Link, error) {
	digits, private := strings.CutPrefix(strings.ToUpper(name), privateMark)
	n, err := strconv.ParseUint(digits, 10, 32)
	switch {
	case err != nil || n == 0:
		return Link{}, fmt.Errorf("read link: %q is no number of an incident", name)
	case private:
		return Link{Private: uint32(n)}, nil
	default:
		return Link{Number: uint32(n)}, nil
	}
}

// unknownMost is how much of what cannot be opened is told, in characters.
const unknownMost = 200

// ReadLink reads a link as ParseLink does. What that cannot read becomes a Link that says so: whoever clicked it looks at
// the window, and not at a terminal.
func ReadLink(text string) Link {
	link, err := ParseLink(text)
	if err != nil {
		return Link{Unknown: cmp.Or(clip(oneLine(text), unknownMost), "?")}
	}
	return link
}

// String writes the link as ParseLink reads it.
func (l Link) String() string {
	switch {
	case l.Unknown != "":
		return "tsugi://unknown?" + url.Values{"link": {l.Unknown}}.Encode()
	case !l.Incident.IsZero():
		return "tsugi://incident/" + l.Incident.String()
	case l.Number > 0:
		return "tsugi://inc/" + strconv.FormatUint(uint64(l.Number), 10)
	case l.Private > 0:
		return "tsugi://inc/" + privateMark + strconv.FormatUint(uint64(l.Private), 10)
	case !l.Device.IsZero():
		return "tsugi://device/" + l.Device.String()
	case !l.Person.IsZero():
		return "tsugi://person/" + l.Person.String()
	case l.Board:
		return "tsugi://board"
	case l.Declare && l.Title != "":
		return "tsugi://declare?" + url.Values{"title": {l.Title}}.Encode()
	case l.Declare:
		return "tsugi://declare"
	default:
		return "tsugi://"
	}
}

// oneLine returns foreign words without what moves the cursor or turns the reading direction.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	return clip(text, titleMost)
}

func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		text = strings.TrimSpace(string(runes[:most]))
	}
	return text
}
