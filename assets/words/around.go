package words

// News are the texts of notifications. The first value is who, where nothing else is said.
type News struct {
	Title         string // severity, title
	TitleKind     string // that, kind
	Declared      string
	Revealed      string // who
	Raised        string // from, to
	Lowered       string // from, to
	Status        string // status
	Role          string // role
	Mention       string // their words
	Paged         string
	OpenRoom      string // what a click does
	More, MoreOne string // how many
	MoreText      string
	OpenBoard     string
	InTray        string // the window was closed for the first time
	InTrayText    string

	// A device that was added as whoever looks.
	Device, DeviceBy         string // its name, when; DeviceBy: its name, who, when
	DeviceTitle, DeviceNote  string // DeviceNote: its name, when
	DeviceNoteBy             string // its name, who, when
	DeviceMay, DeviceDo      string
	DeviceOut                string // in place of when, of one that was shut out since: when, when it was shut out
	DeviceMight, DeviceOutDo string
	DeviceShow               string // what a click does

	// An address that is gone: a number, a mailbox, the app on a phone.
	GoneTitle, GoneShow string
	Gone, GoneOf        string // the channel; GoneOf: who, the channel
}

// Around are the texts of the tray and of links.
type Around struct {
	Fire                                       string // severity, title
	MoreFires, MoreFiresOne                    string // how many
	Calm, Declare, Open, Quit                  string
	CloseToTray, StartAtLogin                  string
	NoIncidentWhat, NoIncidentSafe, NoIncident string // NoIncidentWhat: the link
	BadLinkWhat, BadLinkSafe, BadLinkDo        string // BadLinkWhat: the link
	EntryName, EntryComment                    string // how the system's menus call the client
}

func englishNews() News {
	return News{
		Title: "%s · %s", TitleKind: "%s (%s)",
		Declared: "%s declared this just now.", Revealed: "%s made this visible to everybody just now.", Raised: "%s raised it from %s to %s", Lowered: "%s lowered it from %s to %s",
		Status: "%s says it is %s",
		Role:   "%s made you %s here.", Mention: "%s: %s", Paged: "You are paged: acknowledge it, or pass it on.",
		OpenRoom: "Open the room", OpenBoard: "Open the board",
		More: "%d more incidents have news", MoreOne: "One more incident has news", MoreText: "The board shows them all.",
		InTray:     "Tsugi goes on in the tray",
		InTrayText: "You still hear when something burns. The tray's menu ends it, and there you choose what closing the window does.",

		Device: "A device was added as you: “%s”, %s.", DeviceBy: "A device was added as you: “%s”, by %s, %s.",
		DeviceTitle: "A device was added as you", DeviceNote: "“%s”, %s.", DeviceNoteBy: "“%s”, by %s, %s.",
		DeviceMay: "It reads all that you can read, and what it does is done in your name.", DeviceDo: "Not yours? Shut it out.",
		DeviceOut: "%s, and shut out %s", DeviceMight: "It could read all that you can read, and what it did was done in your name.",
		DeviceOutDo: "Not yours? Ask who added it.",
		DeviceShow:  "Show the device",

		GoneTitle: "An address for pages is gone", GoneShow: "Show",
		Gone:   "You are not reached there any more: %s. It was taken out; add it anew, or another.",
		GoneOf: "%s is not reached there any more: %s. It was taken out, and they were told.",
	}
}

func englishAround() Around {
	return Around{
		Fire: "%s  %s", MoreFires: "and %d more", MoreFiresOne: "and one more", Calm: "Nothing is burning",
		Declare: "Declare an incident…", Open: "Open Tsugi", Quit: "Quit",
		CloseToTray: "Keep running when the window is closed", StartAtLogin: "Start when I log in",
		NoIncidentWhat: "%s is no incident that this device knows.", NoIncidentSafe: "Nothing was changed.",
		NoIncident:  "Open the link again once the server is reached; if it stays, ask whoever sent it.",
		BadLinkWhat: "%q is no link that Tsugi understands.", BadLinkSafe: "Nothing was changed.",
		BadLinkDo: "Links look like tsugi://inc/214, tsugi://incident/… or tsugi://declare?title=….",
		EntryName: "Tsugi", EntryComment: "Declare incidents, respond to them, learn from them",
	}
}
