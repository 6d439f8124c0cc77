package words

// Sight are the texts around incidents that not everybody may see.
type Sight struct {
	Number       string // the number that a private incident is called by
	Seen, SeenOf string // what the lock says; SeenOf: how many people
	And, More    string // what joins the last of several names; names, how many others

	// The form for declaring.
	Head, Switch, Hint, Find string
	Online                   string
	Quiet                    string // in place of Online, for a kind for which nobody is paged
	Button, Declare          string // Declare: among the commands
	AloneTitle, AloneText    string
	AloneYes, AloneNo        string

	StillSees           string // who, whom to take out
	WriteAlone, WriteTo string // in an empty composer; WriteTo: how many people
	WriteYet            string // there, until it is sent that it is private
	ChangedTitle        string // another title stands in a private draft
	ChangedText         string // the title that it had, who sees it besides whoever declares

	// What stands beside the timeline.
	Only, OnlySelf               string
	Add, All                     string // All: how many
	Remove, WillBe               string // Remove: whom
	Stays                        string // why somebody with a role is not taken out: whom
	SeenYet, HiddenYet, StillYet string // what is not true yet; StillYet: who
	AdmitYet, BlindYet           string // of somebody, until it is sent
	Blind                        string // of somebody who responds and was not added
	WillSee                      string // what somebody who is chosen will see, over the list to choose from
	CopyMark                     string // the line under the title of a copy

	// What can be done, and other words for it that people type.
	Conceal, ConcealAlso, Reveal, RevealAlso string
	Admit, AdmitAlso, Exclude, ExcludeAlso   string
	AdmitTitle, ExcludeTitle, NobodyElse     string
	Unknown                                  string // whom
	SeesAlready, SeesNot                     string // who
	Help, HelpKeys                           string

	// The questions before it happens.
	ConcealTitle, ConcealText, ConcealYes    string
	ConcealOffline                           string
	RevealTitle, RevealText, RevealYes       string
	RevealNumber                             string
	OutTitle, OutText, OutYes                string // OutTitle, OutText: whom
	LeaveTitle, LeaveText, LeaveYes          string
	GoneWhat, GoneSafe, GoneDo               string
	MissedWhat, MissedSafe, MissedDo         string
	UnsentState, UnsentWhat, UnsentWhy       string
	UnsentRemove, UnsentHears                string
	News, NewsAdded                          string // NewsAdded: its number
	Privately, Concealed, Revealed, Admitted string // who; Privately: severity; Admitted: whom
	Excluded, Left                           string // who; Excluded: whom
	LineOnly, LineOnlyOne                    string // the names of those who see it
}

func englishSight() Sight {
	return Sight{
		Number: "P-%d",
		Seen:   "Private: you alone see it", SeenOf: "Private: %d people see it", And: " and ", More: "%s and %d more",
		Head: "WHO SEES IT", Switch: "Private: only the people you add can see that it exists",
		Hint: "For what not everybody may know: people, law, security. It can be made visible to everybody later. " +
			"Whoever runs the server can read it; an admin can add a device as somebody who sees it, and that person is told.",
		Find:   "Add a person by name or department",
		Online: "Only the people added see it, and they are paged at once; everything can be changed afterwards.",
		Quiet:  "Only the people added see it, at once; nobody is paged for this kind. Everything can be changed afterwards.",
		Button: "Declare privately", Declare: "Declare a private incident", AloneTitle: "Only you will see it",
		AloneText: "It is private and nobody is added: nobody is told, and nobody can help. Declare all the same?",
		AloneYes:  "Declare privately", AloneNo: "Add people",
		StillSees:  "%s still sees this incident; /exclude %s takes them out.",
		WriteAlone: "Write for yourself: nobody else sees this room", WriteTo: "Write to the %d people who see this room",
		WriteYet:     "Write: everybody still sees this room",
		ChangedTitle: "Private, and for the same people?",
		ChangedText:  "You went on from “%s”, which was begun privately. Only you and %s will see this: nobody else is told, and nobody else can help.",
		Only:         "Private: only these people see that it exists.", OnlySelf: "Private: you alone see that it exists. Add whoever can help.",
		Add: "Add a person", All: "Show all %d", Remove: "Let %s see this no longer",
		Stays:   "%s holds a role here, and whoever does sees it: give the role to somebody else first",
		SeenYet: "Not yet: still visible to everybody until this is sent.", HiddenYet: "Not yet: only those who saw it before see it until this is sent.",
		StillYet: "Not yet: still visible to %s until this is sent.", AdmitYet: "not yet", BlindYet: "still sees this",
		WillBe: "will see this", Blind: "does not see this", WillSee: "Private: whoever you choose sees all of it from then on.",
		CopyMark: "Private: only the people added may see it.",
		Conceal:  "Make this private …", ConcealAlso: "conceal hide secret confidential restrict lock",
		Reveal: "Make this visible to everybody …", RevealAlso: "public reveal show open unlock everyone",
		Admit: "Let one more person see this …", AdmitAlso: "add invite grant allow share private",
		Exclude: "Let somebody see this no longer …", ExcludeAlso: "remove take out revoke leave private",
		AdmitTitle: "Who is to see this too?", ExcludeTitle: "Who is to see this no longer?", NobodyElse: "Everybody sees it already.",
		Unknown: "Nobody here is called “%s”.", SeesAlready: "%s sees this already.", SeesNot: "%s does not see this.",
		Help: "Make it private, let people see it", HelpKeys: "/private  /admit",
		ConcealTitle: "Who may still see this?",
		ConcealText: "From then on only these people see that it exists. From everybody else's devices it vanishes, with its files and with what " +
			"they have not sent there. What somebody remembers, has copied or was told in a notification cannot be taken back. " +
			"An admin can add a device as one of these people, who is told then.",
		ConcealYes:     "Make it private",
		ConcealOffline: "The server is not reached: until this is sent, everybody sees it.",
		RevealTitle:    "Let everybody see this?",
		RevealText: "Everybody then sees all of it, also what was written and attached while it was private. " +
			"Whoever has read it has read it: that cannot be taken back.",
		RevealYes: "Make it visible", RevealNumber: "It is given an INC number then.",
		OutTitle: "Let %s see this no longer?",
		OutText: "It vanishes from the devices of %s, with its files and with what was not sent there. " +
			"What was remembered or copied cannot be taken back.",
		OutYes:     "Take out",
		LeaveTitle: "See this no longer yourself?",
		LeaveText:  "It vanishes from all your devices, with its files and with what you have not sent there. Only somebody who still sees it can add you again.",
		LeaveYes:   "Leave",
		GoneWhat:   "You can no longer see this incident.", GoneSafe: "It was taken off this device, with what you had not sent there.",
		GoneDo:     "Somebody who still sees it can add you again.",
		MissedWhat: "This incident is not on this device.", MissedSafe: "What you wrote is kept.",
		MissedDo:    "If its server lost it, it comes back by itself. If its declaration was refused, it is among the unsent changes.",
		UnsentState: "out of your sight", UnsentWhat: "a change to an incident that you can no longer see",
		UnsentWhy:    "It may have arrived or not; its words were taken off this device. There is nothing to decide.",
		UnsentRemove: "Remove from this list", UnsentHears: "an incident that you can no longer see",
		News: "There is news in this private incident.", NewsAdded: "You can see %s now.",
		Privately: "%s declared this privately as %s", Concealed: "%s made this private", Revealed: "%s made this visible to everybody",
		Admitted: "%s let %s see this", Excluded: "%s took %s out, who sees this no longer", Left: "%s left, and sees this no longer",
		LineOnly: "; only %s see it", LineOnlyOne: "; only %s sees it",
	}
}
