package words

// Hands are the texts of commands, their box, and the help on keys.
type Hands struct {
	Box, Commands, Found    string
	Footer                  string
	SearchAll               string // what was typed
	Further                 string // how many
	All, Search             string
	Everything, HelpTitle   string
	HelpMove, HelpMoveKeys  string
	HelpOpen, HelpOpenKeys  string
	HelpTab, HelpTabKeys    string
	HelpFar, HelpFarKeys    string
	HelpEnds, HelpEndsKeys  string
	Anywhere, InTheRoom     string // headings of the help
	HelpMenu, HelpNames     string
	HelpLine, HelpLineKeys  string
	HelpPaste               string
	HelpWhole, HelpSpace    string
	HelpEdit, HelpUndo      string
	GoBoard, GoUnsent       string
	GoPeople, GoSearch      string
	GoTerms, Invite         string
	OwnName, OwnNameAlso    string // OwnNameAlso: other words for it that people type
	Declare, Palette        string
	Help, Back, Aside       string
	AsideAlso               string // other words for it that people type
	Dark, Light, Follow     string
	Larger, Smaller, Normal string
	Write                   string
	InRoom                  string // what, which incident
	Assign                  string // role
	Ctrl                    string // a key that is pressed together with it
}

func englishHands() Hands {
	return Hands{
		Box: "Search or command", Commands: "COMMANDS", Found: "FOUND",
		Footer:    "↑ ↓ choose   ·   Enter opens   ·   Ctrl Enter opens in a window of its own   ·   Esc goes back",
		SearchAll: "Show everything found for “%s”",
		Further:   "Show more (%d left)",
		All:       "All incidents", Search: "Search",
		Everything: "Everything can be done with the keyboard", HelpTitle: "Keys and commands",
		HelpMove: "Choose among several", HelpMoveKeys: "↑ ↓",
		HelpOpen: "Press what has the gold ring", HelpOpenKeys: "Enter",
		HelpTab: "Go on to the next thing", HelpTabKeys: "Tab",
		HelpFar: "Move by pages", HelpFarKeys: "PgUp  PgDn", HelpEnds: "To the first, to the last", HelpEndsKeys: "Home  End",
		Anywhere: "ANYWHERE", InTheRoom: "IN A ROOM",
		HelpMenu: "Everything that can be done there", HelpNames: "People and roles, tags",
		HelpLine: "A new line", HelpLineKeys: "Shift Enter",
		HelpPaste: "Paste, also pictures and files",
		HelpWhole: "Unfold a long entry, or fold it", HelpSpace: "Space",
		HelpEdit: "Edit your last, in an empty line", HelpUndo: "Take back your last change",
		GoBoard: "Go to the board", GoUnsent: "Open unsent changes",
		GoTerms: "Go to severities and tags", Invite: "Invite a colleague", OwnName: "Your name …", OwnNameAlso: "rename myself my call department", GoPeople: "Go to people", GoSearch: "Search everything",
		Declare: "Declare an incident", Palette: "Search or command",
		Help: "Keys and commands", Back: "Go back", Aside: "Open in a window of its own",
		AsideAlso: "new window separate second pop out detach",
		Dark:      "Theme: dark", Light: "Theme: light", Follow: "Theme: as the system",
		Larger: "Text larger", Smaller: "Text smaller", Normal: "Text at its usual size",
		Write:  "Write in the room",
		InRoom: "%s · %s", Assign: "Assign the role %s", Ctrl: "Ctrl %s",
	}
}
