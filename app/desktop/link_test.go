package desktop_test

import (
	"strings"
	"testing"

	"github.com/tsugi-app/tsugi/app/desktop"
	"github.com/tsugi-app/tsugi/sync/id"
)

const roomID = "01970000-0000-7000-8000-00000000beef"

func TestLinksNameARoomTheFormOrTheWindow(t *testing.T) {
	t.Parallel()
	room, err := id.Parse[id.Incident](roomID)
	if err != nil {
		t.Fatal(err)
	}
	device, err := id.Parse[id.Device](roomID)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]desktop.Link{
		"":                                 {},
		"  ":                               {},
		"tsugi://":                         {},
		"tsugi:///":                        {},
		"tsugi://incident/" + roomID:       {Incident: room},
		"TSUGI://Incident/" + roomID + "/": {Incident: room},
		"tsugi://inc/214":                  {Number: 214},
		"tsugi://inc/214/":                 {Number: 214},
		"tsugi://device/" + roomID:         {Device: device},
		"tsugi://person/" + roomID:         {Person: id.Person(device)},
		"tsugi://declare":                  {Declare: true},
		"tsugi://declare/?title=":          {Declare: true},
		"tsugi://declare?title=Checkout%20fails+for+everyone": {Declare: true, Title: "Checkout fails for everyone"},
		"tsugi://declare?title=a%0Ab%00c%E2%80%AEd":           {Declare: true, Title: "a bcd"},
		"tsugi://declare?title=%E7%B6%99%E3%81%8E":            {Declare: true, Title: "継ぎ"},
		"tsugi://declare?title=" + strings.Repeat("x", 900):   {Declare: true, Title: strings.Repeat("x", 500)},
		"tsugi://inc/P-85170":                                 {Private: 85170}, "tsugi://INC/p-85170": {Private: 85170},
	} {
		if got, err := desktop.ParseLink(text); err != nil || got != want {
			t.Errorf("%q was read as %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestWhatIsNoLinkIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://example.com", "tsugi:inc/214", "inc/214", "tsugi://inc/0", "tsugi://inc/P-0", "tsugi://inc/P-", "tsugi://device/7", "tsugi://inc/-1", "tsugi://inc/4294967296", "tsugi://inc/",
		"tsugi://incident/214", "tsugi://incident/00000000-0000-0000-0000-000000000000", "tsugi://close/" + roomID,
		"tsugi://ada@inc/214", "tsugi://declare/now", "--data=/tmp", "tsugi://%zz", "tsugi://declare?title=" + strings.Repeat("x", 5000),
	} {
		if got, err := desktop.ParseLink(text); err == nil {
			t.Errorf("%q was read as %+v", text, got)
		}
		told := desktop.ReadLink(text)
		if again, err := desktop.ParseLink(told.String()); told.Unknown == "" || err != nil || again != told {
			t.Errorf("of %q is told %+v, and handed over %+v, %v", text, told, again, err)
		}
	}
}

func FuzzParseLink(f *testing.F) {
	for _, seed := range []string{
		"", "tsugi://", "tsugi://incident/" + roomID, "tsugi://inc/214", "tsugi://device/" + roomID, "tsugi://declare?title=a+b%0A", "tsugi:x", "tsugi://inc/1?title=2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if told := desktop.ReadLink(text); told.Unknown != "" {
			if again, err := desktop.ParseLink(told.String()); err != nil || again != told {
				t.Errorf("of %q is told %+v, and handed over %+v, %v", text, told, again, err)
			}
		}
		got, err := desktop.ParseLink(text)
		if err != nil {
			if got != (desktop.Link{}) {
				t.Errorf("%q was refused and read as %+v", text, got)
			}
			return
		}
		if again, err := desktop.ParseLink(got.String()); err != nil || again != got {
			t.Errorf("%q is %+v, written %q, read again as %+v, %v", text, got, got, again, err)
		}
		if strings.ContainsAny(got.Title, "\n\r\x00") || len([]rune(got.Title)) > 500 {
			t.Errorf("%q gave the title %q", text, got.Title)
		}
	})
}
