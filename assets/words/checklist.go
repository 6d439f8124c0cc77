package words

// Checklist are the texts of checklists: where the company writes them, and where they are gone through.
type Checklist struct {
	// Where they are written.
	Section, None, Example, Add, Change        string
	Name, Items, ItemsField                    string // what stands over the fields
	ForWhom, Anybody                           string
	Begins, ByHand, From                       string // From: severity
	For, BeginsIn, BeginsByHand, Count, One    string // For: role; BeginsIn: severity; Count: how many
	ExampleName, ExampleItems                  string // the items are lines
	DidDescribe, DidRemove                     string // name, how many items; name
	Room, Begin, BeginAlso, BeginTitle, Find   string // in the room
	NoneWritten, AllBegun, Drop                string
	Of, Done, Of1                              string // Of: how many, of how many; Done: how many
	RoleVacant, RoleHeld, TickedBy, DropWish   string // RoleVacant: role; RoleHeld: role, whom; TickedBy: who, when
	Begun, BegunFor, Dropped, Ticked, Unticked string // name; name, role; who, name; who, what
	TickWish, UntickWish                       string // who
}

func englishChecklist() Checklist {
	return Checklist{
		Section: "CHECKLISTS", None: "None is written yet. Nobody knows by heart at night what to do: what you write here appears in the incident, for the role that it is meant for.",
		Example: "Begin with an example", Add: "Write a checklist", Change: "Change a checklist",
		Name: "Name", Items: "What to do, one thing per line", ItemsField: "Open a call and put its link here",
		ForWhom: "For", Anybody: "everybody", Begins: "Begins by itself in", ByHand: "no incident: by hand only", From: "%s and worse",
		For: "for %s", BeginsIn: "by itself in %s", BeginsByHand: "by hand", Count: "%d items", One: "one item",
		ExampleName: "The first minutes",
		ExampleItems: "Open a call and put its link here\nSay in one sentence what is broken, and for whom\nHave somebody else repair it: you keep the overview\n" +
			"Promise the next update, and keep it\nDecide whether customers have to hear of it\nIs it getting worse? Raise the severity and page more people",
		DidDescribe: "wrote the checklist “%s” with %d items", DidRemove: "removed the checklist “%s”",
		Room: "CHECKLIST", Begin: "Begin a checklist …", BeginAlso: "checklist runbook steps procedure playbook", BeginTitle: "Which checklist?", Find: "Name of the checklist",
		NoneWritten: "No checklist is written yet. The page Terms is where one is.", AllBegun: "All that there are have begun here.", Drop: "Put this checklist away",
		Of: "%d of %d", Done: "all %d done", Of1: "done", RoleVacant: "%s: nobody yet", RoleHeld: "%s: %s", TickedBy: "%s, %s",
		DropWish: "%s puts a checklist away",
		Begun:    "Checklist “%s” begins", BegunFor: "Checklist “%s” begins, for %s", Dropped: "%s put the checklist “%s” away",
		Ticked: "%s ticked “%s”", Unticked: "%s: “%s” is not done after all", TickWish: "%s ticks an item of a checklist", UntickWish: "%s takes the tick from an item of a checklist",
	}
}
