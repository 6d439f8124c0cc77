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
		in, err := id.Parse[id.Incident](name)
		if err == nil && in.IsZero() {
			err = errors.New("it names nothing")
		}
		if err != nil {
			return Link{}, fmt.Errorf("read link: %w", err)
		}
		return Link{Incident: in}, nil
	case noun == "inc":
		n, err := strconv.ParseUint(name, 10, 32)
		if err != nil || n == 0 {
			return Link{}, fmt.Errorf("read link: %q is no number of an incident", name)
		}
		return Link{Number: uint32(n)}, nil
	default:
		return Link{}, fmt.Errorf("read link: there is no %q to open", noun)
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
