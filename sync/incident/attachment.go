package incident

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
)

// Limits of what one entry may carry besides its words.
const (
	MaxAttachments    = 10       // an entry
	MaxAttachmentSize = 25 << 20 // bytes, each
	MaxFileName       = 200      // code points
)

// Attachment is a file that an entry carries. Its bytes travel beside the timeline, by their name.
type Attachment struct {
	Content       id.Content
	Name          string // as its author called it, without a folder
	Type          string // what its bytes are, as a media type: "image/png"
	Size          uint64 // in bytes
	Width, Height uint32 // of an image, in pixels; else 0
}

// Image reports whether the attachment can be shown as a picture.
func (a Attachment) Image() bool { return a.Width > 0 && a.Height > 0 }

// FileName returns a name that is safe in every folder: one line, without separators and without what
// hides it or leads elsewhere.
func FileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '/' || r == '\\' || r == ':':
			return '_'
		case r < ' ' || r == 0x7f || bidi(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if n := utf8.RuneCountInString(name); n > MaxFileName {
		all := []rune(name)
		name = "…" + string(all[n-MaxFileName+1:]) // the end says what it is
	}
	if name == "" {
		return "file"
	}
	return name
}

// bidi reports the marks that turn the order of letters, by which "gpj.exe" can be read as "exe.jpg".
func bidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// normalAttachments returns attachments as they are stored, or a fault that names what is wrong with them.
func normalAttachments(all []Attachment) ([]Attachment, error) {
	if len(all) > MaxAttachments {
		return nil, tooMany("attachments", len(all), MaxAttachments)
	}
	var check fault.Check
	out := make([]Attachment, 0, len(all))
	for i, a := range all {
		place := fmt.Sprintf("attachment %d", i+1)
		switch {
		case a.Content.IsZero():
			check.Add(place, "names no bytes")
		case a.Size == 0:
			check.Add(place, "is empty")
		case a.Size > MaxAttachmentSize:
			check.Add(place, fmt.Sprintf("has %d MB; %d are allowed", a.Size>>20, MaxAttachmentSize>>20))
		}
		a.Name = FileName(a.Name)
		if media, err := line(a.Type, MaxFileName, place); err != nil || !strings.Contains(media, "/") {
			a.Type = "application/octet-stream"
		}
		if !slices.ContainsFunc(out, func(b Attachment) bool { return b.Content == a.Content }) {
			out = append(out, a)
		}
	}
	if err := check.Err("The files cannot be attached."); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}
