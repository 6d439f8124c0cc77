package words

// Calendar are the texts of calendars that read who is on call, and of the addresses under which they do.
type Calendar struct {
	Own, One, All    string // what a calendar is called; Own: person; One: rotation
	Yours            string // rotation
	Shift            string // rotation, person
	InPlaceOf        string // person
	Somebody         string
	Title, Lead      string
	Empty, Offline   string
	Add              string
	Mine, Everything string
	Of               string // rotation
	Gone             string // a rotation that this device does not know
	Made             string // when
	Read             string // when
	Unread           string
	Revoke           string
	RevokeTitle      string // what it shows
	RevokeText       string
	Once             string
	OnceText         string
	Palette, Also    string
	Line             string // for the command line: number, what it shows, when it was made, when it was read
	None             string
	Revoked          string // what it showed
	NoSuch           string // number
	NoSuchDo         string
	NoRotation       string // what was typed
	NoRotationDo     string // the names that there are
}

func englishCalendar() Calendar {
	return Calendar{
		Own: "%s on call", One: "On call: %s", All: "On call: everybody", Yours: "On call: %s", Shift: "%s: %s",
		InPlaceOf: "In place of %s.", Somebody: "somebody unknown",
		Title:   "IN YOUR CALENDAR",
		Lead:    "Google Calendar, Outlook and phones read shifts from a secret address, for a year ahead, and follow every change by themselves. Whoever knows the address reads it.",
		Empty:   "You have made no address yet.",
		Offline: "The server alone knows your addresses, and it is not reached.",
		Add:     "Make an address that shows", Mine: "My own shifts", Everything: "Everybody, in all rotations", Of: "Everybody in %s", Gone: "Everybody in a rotation that is not here",
		Made: "made %s", Read: "read by a calendar %s", Unread: "not read by a calendar yet",
		Revoke: "Revoke", RevokeTitle: "Revoke this address? – %s",
		RevokeText: "Nothing is read under it any more, by nobody. Calendars that use it keep what they have for a while, and hear of no change. Another address is made in a moment.",
		Once:       "Copy the address now", OnceText: "It is shown this once: the server does not keep it. In your calendar, choose to subscribe by an address (URL), and paste it there.",
		Palette: "Show shifts in a calendar", Also: "calendar feed ics ical subscribe google outlook address url export",
		Line: "%d  %s, %s, %s", None: "There are no calendar addresses.", Revoked: "Revoked: %s",
		NoSuch: "There is no calendar address with the number %d.", NoSuchDo: "See which there are with: tsugi-cli oncall feed list",
		NoRotation: "There is no rotation called %q.", NoRotationDo: "There are: %s",
	}
}
