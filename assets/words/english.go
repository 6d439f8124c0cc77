package words

// English returns all texts in English.
func English() Catalog {
	return Catalog{
		Tag:       "en",
		Common:    englishCommon(),
		Time:      englishTime(),
		Severity:  englishSeverity(),
		Status:    englishStatus(),
		Kind:      englishKind(),
		Milestone: englishMilestone(),
		Shell:     englishShell(),
		Board:     englishBoard(),
		Room:      englishRoom(),
		Action:    englishAction(),
		Line:      englishLine(),
		Audit:     englishAudit(),
		Declare:   englishDeclare(),
		Terms:     englishTerms(),
		Merge:     englishMerge(),
		Sight:     englishSight(),
		Reached:   englishReached(),
		Unsent:    englishUnsent(),
		People:    englishPeople(),
		Enrol:     englishEnrol(),
		Start:     englishStart(),
		Hands:     englishHands(),
		Search:    englishSearch(),
		News:      englishNews(),
		Around:    englishAround(),
		Reach:     englishReach(),
		Paging:    englishPaging(),
		OnCall:    englishOnCall(),
		Policies:  englishPolicies(),
		Calendar:  englishCalendar(),
		Reminder:  englishReminder(),
		Checklist: englishChecklist(),
		TestPage:  englishTestPage(),
	}
}

func englishCommon() Common {
	return Common{
		Declare: "Declare", Cancel: "Cancel", Close: "Close", Copy: "Copy",
		Nobody: "nobody", You: "you",
		Number: "INC-%d", Unnumbered: "not sent yet",
		UnexpectedWhat: "Something went wrong: %v.",
		UnexpectedSafe: "Everything you wrote is kept on this device.",
		UnexpectedDo:   "Try again; if it stays, tell whoever looks after Tsugi.",
		Server:         "Tsugi", Imported: "Import", SomebodyUnknown: "somebody", UnknownDevice: "an unknown device",
		FieldProblem: "The %s %s.", Decimal: ".",
	}
}

func englishTime() Time {
	return Time{
		Now: "just now", Minutes: "%d min ago", Hours: "%d h ago", Yesterday: "yesterday", Today: "today",
		Days:         "%dd %02dh",
		Arrived:      "arrived %s",
		Weekdays:     "Sun Mon Tue Wed Thu Fri Sat",
		WeekdaysLong: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
		Months:       "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
		DayMonth:     "%d %s", DayMonthYear: "%d %s %d", ExactDay: "%s %d %s %d, %s",
		Uncertain: "%s, give or take: the device's clock was wrong", SpanMinutes: "%d min", SpanHours: "%d h",
	}
}

func englishSeverity() Severity {
	return Severity{Unknown: "SEV%d"}
}

func englishStatus() Status {
	return Status{
		Open: "open", Mitigated: "mitigated", Resolved: "resolved", Closed: "closed", Invalid: "invalid",
		OpenHint:      "It is burning, or burning again.",
		MitigatedHint: "It no longer hurts; the cause is still there.",
		ResolvedHint:  "The cause is gone. What remains is to learn from it.",
		ClosedHint:    "All is done and written down.",
		InvalidHint:   "It was no incident. It is left out of reports.",
		ToOpen:        "Reopen", ToMitigated: "Mitigated", ToResolved: "Resolved", ToClosed: "Close it",
	}
}

func englishKind() Kind {
	return Kind{Real: "incident", NearMiss: "near miss", GameDay: "game day", Informational: "for information", TestPage: "test page"}
}

func englishMilestone() Milestone {
	return Milestone{
		Began: "it began", Detected: "detected", Cause: "root cause known", Mitigated: "mitigated",
		Informed: "those affected are informed", Recovered: "recovered",
	}
}

func englishShell() Shell {
	return Shell{
		FileKept: "A copy is in %s.",
		Name:     "tsugi", Board: "Board", Unsent: "Unsent", People: "People",
		Live: "live · %d people", LiveAlone: "live · you alone", LiveOnly: "live", Connecting: "connecting",
		Offline: "offline since %s", ShutOut: "not admitted since %s", Stuck: "sent back since %s", Full: "disk full since %s",
		StripOffline: "Offline since %s",
		StripShutOut: "This device is no longer admitted. Nothing is lost: %s. Ask for a new code and enrol it again.",
		StripStuck: "The server sends this device back to the start again and again; nobody is being paged. Nothing is lost: %s. " +
			"It is tried again every minute. Tell whoever looks after the server.",
		StripFull: "The disk of this device is full or broken: nothing new can be kept or sent from here, and nobody is being paged. " +
			"What was stored before is safe. Free some space, and until then call whoever must know.",
		RefusedWhat: "A change of yours was not made.", RefusedSafe: "It is kept on this device, and nothing else was lost.",
		RefusedMany: "%d changes of yours were not made.", RefusedSafeMany: "They are kept on this device, and nothing else was lost.",
		LostWhat: "A change of yours may have come too late: you may not see that incident any more.", LostSafe: "Its words were removed from this device.",
		LostMany: "%d changes of yours may have come too late: you may not see what they were about any more.", LostSafeMany: "Their words were removed from this device.",
		RefusedDo: "Open Unsent: it says why and lets you choose.",
		Kept:      "%d changes are kept on this device", KeptOne: "1 change is kept on this device", KeptNone: "everything is sent",
		EnrolAgain:  "Enrol again",
		DamagedWhat: "The local copy was damaged and is being fetched again.", DamagedSafe: "Your unsent changes are safe.",
		DamagedDo:    "There is nothing to do: older entries come back by themselves while the server is reached.",
		SmearedWhat:  "Words that were erased could not be taken out of the files of this device yet.",
		SmearedSafe:  "They are shown nowhere any more, and nothing else was lost.",
		SmearedDo:    "Free some space on its disk: then they are taken out by themselves. Until then, do not hand this device to anybody.",
		UnfoldedWhat: "The disk of this device failed once. Until Tsugi is started again, its files only grow.",
		UnfoldedSafe: "Everything written here is stored, and nothing was lost.",
		UnfoldedDo:   "Close Tsugi and start it again at the next quiet moment. If this comes back, have the disk checked.",
		StripPending: "%d changes will be sent", StripPendingOne: "1 change will be sent",
		StripNone: "nothing waits to be sent", StripNobody: "nobody is being paged",
		DeclareHint: "Ctrl D",
	}
}

func englishBoard() Board {
	return Board{
		Burning: "%d burning", BurningOne: "1 burning",
		CalmTitle: "Nothing is burning", CalmText: "All is calm. If something looks wrong, declare it, also when you are not sure: a false alarm costs a minute.",
		EmptyTitle: "Nothing was ever declared here",
		EmptyText:  "When something is wrong, anybody presses Declare and says so in a few words. It works without network too. What was declared appears here, the worst first.",
		Lately:     "LATELY", LatelyEmpty: "What has been resolved appears here.", HowBad: "HOW BAD IS IT", All: "All incidents",
		Changed: "changed %s", NextIn: " · update in %s", NextLate: " · update overdue by %s", Responding: "%d responding", NoRoles: "nobody has taken a role",
		Unsent: "not sent, as far as this device knows; nobody is being paged", Filling: "Older entries are not here yet: %d to come.", Unread: "%s new", UnreadMost: "99+",
		Eased: "%d mitigated", EasedHint: "nothing burns; the cause is still there",
	}
}

func englishRoom() Room {
	return Room{
		Everything: "Everything", Decisions: "Decisions", Audit: "Audit",
		Write: "Write to everybody in the room", Enter: "Enter",
		ComposerNote:    "Shift Enter starts a new line",
		ComposerOffline: "Offline: kept on this device and sent when the server is back",
		ComposerKept:    "Not sent: kept on this device",
		NotSent:         "not sent yet", LateBlock: "written %s without network (%s)", NotSentStrip: "Not sent, as far as this device knows; nobody is being paged. It goes out by itself as soon as the server takes it; call whoever must know.",
		People: "PEOPLE", Responders: "RESPONDING", Assign: "Assign", Facts: "FACTS",
		DeclaredAt: "declared %s", DeclaredBy: "declared by %s, %s", StatusSince: "%s since %s", ImportedFrom: "taken over from %s",
		AddTag: "+ tag", TagField: "Tag", NewTag: "Add #%s",
		Change: "Change", Reason: "Why? One sentence helps everybody.",
		SeverityTitle: "How bad is it now?", StatusTitle: "Where does it stand?", RoleTitle: "Who is %s?",
		Find: "Find a person", Release: "Nobody for now",
		Earlier: "Load earlier entries", Gap: "Earlier entries are not on this device yet.",
		FactsButton: "People",
		Retitle:     "Change", RetitleTitle: "What is wrong?",
		Empty:     "Nothing has been written yet. Say what you see: everybody in the room reads it.",
		JoinTitle: "You are only looking.", Join: "I respond",
		Starred: "Starred %d", Files: "Files %d", YouWereHere: "you were here",
		Edited: "edited", Erased: "erased", Told: "written %s", UpdateMark: "update", Update: "Update for everybody",
		MilestoneTitle: "Which milestone is this?", MilestoneOwn: "Another one, in a few words", MilestonesHead: "MILESTONES",
		NextUpdate: "NEXT UPDATE IN", NextNone: "none promised", NextOverdue: "UPDATE OVERDUE BY", NextSet: "Promise one",
		NextTitle: "When will there be news?", NextEnd: "Promise no further update",
		Tasks: "TASKS", TaskField: "Something to do", TaskTitle: "Who does this?", TaskNobody: "Nobody in particular", TaskGone: "Remove this task",
		GoToEntry: "Go to its entry", Unmark: "Take this milestone away",
		Pins: "PINNED", PinElsewhere: "an earlier entry",
		LinksHead: "LINKS", LinkField: "https://", LinkLabel: "What is there? (dashboard, video room …)", LinkTitle: "Where does it lead?", AddLink: "+ link",
		Star: "Star for the postmortem", Unstar: "Take the star away", Pin: "Pin", Unpin: "Unpin", Edit: "Edit", Erase: "Erase everywhere …", CopyWords: "Copy the words",
		MarkMilestone: "Mark a milestone …", CorrectTime: "Correct the time …", Origin: "Where this comes from",
		EditTitle: "Other words", EraseTitle: "Erase this for everybody?",
		EraseText:   "Words and files vanish from every device and from the server, from search and from the audit. That you erased it, and when, stays.",
		EraseReason: "Why? (a password, a wrong room …)",
		TimeTitle:   "When did this happen?", TimeField: "15:04, or 2006-01-02 15:04", TimeWrong: "Write a time as 15:04, or with its day as 2006-01-02 15:04.",
		Save: "Save", CopyAll: "Copy as text", Copied: "copied",
		Bell: "Tell me of this incident", BellOn: "You hear of this incident",
		SizeBytes: "%d bytes", SizeKB: "%d kB", SizeMB: "%.1f MB",
		Arriving: "arriving, %d %%", FileGone: "this file was taken away", NotHere: "not on this device yet", TooMany: "One entry carries at most %d files.",
		Attach: "Attach a file", PasteHint: "paste a picture", PersonHint: "@ person or role", TagHint: "# tag", CommandHint: "/ command",
		MoreHint: "More", RemoveFile: "Take it off again", OpenFile: "Open", SaveFile: "Save a copy",
		AttachMany: "Attach %d files", AttachOne: "Attach the file", AsWords: "Paste as words",
		ShowAll: "Show all (%d more lines)", ShowAllOne: "Show all (1 more line)", ShowWhole: "Show all of it", ShowLess: "Show less",
		Reading: "being read …", LeftOut: "Left out: %s.", NoCommand: "There is no command %s. Enter sends the line as it is.",
		NoCommandBut: "There is no command %s. Did you mean %s? Enter sends the line as it is.",
		Already:      "It is %s already. Choose another one, or leave with Esc.",
		Undone:       "Taken back: %s", NoUndo: "Nothing is taken back here. ↑ takes up what you wrote last.",
		Leaving: "goes out when its files are read: “%s”", LeavingFiles: "goes out when its files are read",
		Following:    "goes out after that: “%s”",
		EmptyStarred: "Nothing is starred yet. A star keeps an entry for the postmortem.",
		EmptyFiles:   "No files yet. Paste a picture into the field below, or drop files on this window.",
		TypingOne:    "%s is typing …", TypingTwo: "%s and %s are typing …", TypingThree: "%s, %s and %s are typing …",
		TypingMany: "%s, %s and %d others are typing …",
		Looking:    "%d looking", LookingOne: "1 looking", LookingNow: "Looking now: %s", LookingMore: "Looking now: %s and %d more", FacesMore: "+%d",
	}
}

func englishAction() Action {
	return Action{
		Status: "Change the status (next: %s)",
		Update: "Write an update for everybody", Severity: "Change the severity", Title: "Change the title", Task: "Add a task",
		Tag: "Add a tag", Link: "Add a link", Next: "Promise the next update", Milestone: "Mark a milestone now",
		Undo: "Take back: %s", Kind: "Count it as another kind", Hear: "Tell me of this incident", Unhear: "Tell me no more of this incident",
	}
}

func englishLine() Line {
	return Line{
		Declared: "%s declared this as %s", Joined: "%s joined", Imported: "%s took this over from %s",
		Raised: "%s raised severity from %s to %s", Lowered: "%s lowered severity from %s to %s",
		Status: "%s set the status to %s", Reopened: "%s opened it again",
		Retitled: "%s changed the title to “%s”", Tagged: "%s added #%s", Untagged: "%s removed #%s",
		Assigned: "%s made %[3]s %[2]s", Took: "%s took the role %s", Left: "%s left the role %s",
		Released: "%s released %[3]s from the role %[2]s",
		Reason:   ": “%s”", Contested: "%s wanted %[2]s to be %[3]s; it stayed %[4]s",
		Severity: "the severity", StatusField: "the status", Role: "the role %s",
		Unknown: "%s did something that this version does not know",
		Edited:  "%s edited an entry:", Erased: "%s erased an entry everywhere",
		Starred: "%s starred an entry", Unstarred: "%s took a star away", Pinned: "%s pinned an entry", Unpinned: "%s unpinned an entry",
		Retimed:   "%s corrected the time of an entry to %s",
		Milestone: "milestone: %[2]s (%[1]s)", NoMilestone: "%s took away the milestone %s", MilestoneAt: " at %s",
		TaskAdded: "%s asked for “%s”", TaskAddedFor: "%s asked %[3]s for “%[2]s”",
		TaskChanged: "%s changed the task “%s”", TaskChangedFor: "%s gave “%[2]s” to %[3]s",
		TaskTaken: "%s takes on “%s”", TaskDone: "%s has done “%s”", TaskRemoved: "%s removed the task “%s”",
		LinkAdded: "%s added a link: %s", LinkRemoved: "%s removed the link %s",
		Promised: "%s promised the next update within %s", NoUpdate: "%s promised no further update",
		Kind: "%s counts this as: %s", Merged: "%s ended this as a repetition of another incident",
		MergedInto: "%s ended this as a repetition of %s",
		Absorbed:   "%s found that “%s” is the same incident", SetFree: "%s found that “%s” is another incident after all",
		AbsorbedNumber: "%s found that %s “%s” is the same incident", SetFreeNumber: "%s found that %s “%s” is another incident after all",
		TaskReopened: "%s finds “%s” not done yet",
		GivenBack:    "%s gave back to the restored server what it lacked", GivenBackOf: "%s gave back to the restored server what it lacked of %s",
	}
}

func englishAudit() Audit {
	return Audit{
		Title: "Where this comes from", Who: "who", What: "what", Written: "written", Arrived: "arrived",
		Device: "device", Why: "why", NoReason: "no reason was given", NotSent: "not sent yet",
		Refused: "refused",
	}
}

func englishDeclare() Declare {
	return Declare{
		Title: "What is wrong?", Field: "In a few words, as you would shout it across the room",
		HowBad: "HOW BAD IS IT", Tags: "TAGS", TagsField: "checkout, payroll, press …", Kind: "KIND",
		Button:  "Declare",
		Offline: "You are offline. It will be kept here and sent later: until it is sent, nobody else knows of it. Call whoever must know.",
		Kept:    "The server does not take it now. It will be kept here: until it is sent, nobody else knows of it. Call whoever must know.",
		Online:  "Everybody sees it at once, and whoever is on call is paged; everything can be changed afterwards.",
		Quiet:   "Nobody is paged for this kind. Everybody sees it at once, and everything can be changed afterwards.",
		Hint:    "Enter",
		GoesOn:  "Going on from what you began before", GoesOnFrom: "Going on from what you began at %s", StartOver: "Start over",

		Similar: "IS IT ONE OF THESE?", SimilarHint: "Open it instead. If you are not sure, declare: it can be merged afterwards.",
		NotSure: "Not sure?", Sure: "Without questions", Questions: "Answer what you know; the worst answer counts.", Yes: "Yes", No: "No",
		Advised: "%s, because of: %s", AdvisedNone: "%s: nothing worse was answered with yes.",
		Real:          "It happens to somebody. It counts as an incident.",
		NearMiss:      "Nothing broke, but it might have. Counted apart, and worth celebrating.",
		GameDay:       "A drill. Counted apart; people are paged as they would be, and told that it is one.",
		Informational: "Good to know. It is not counted.",
	}
}

func englishTerms() Terms {
	return Terms{
		Page: "Terms", Title: "Severities, tags and checklists",
		Lead:       "What your company calls things. Anybody may change it; the list at the end says who did.",
		Severities: "SEVERITIES", Level: "Level %d", AddLevel: "Add level %d", Name: "Its name, as SEV2",
		Hint: "When to choose it, in a sentence that anybody understands", NoHint: "No hint yet: say when to choose it.",
		Preset: "declarations start here", MakePreset: "Start here", Remove: "Remove", Save: "Save",
		Questions: "QUESTIONS FOR WHOEVER IS NOT SURE", NoQuestions: "There are none. Two or three questions with yes or no spare people the choice.",
		AddQuestion: "Add a question", ChangeQuestion: "Change the question", Question: "Can be answered with yes or no", LeadsTo: "yes means %s",
		Tags: "TAGS", NoTags: "No tag is described. Describe the ones that people should find first: checkout, payroll, press.",
		AddTag: "Describe a tag", Tag: "The tag", Forget: "Forget",
		Hears: "WHAT I HEAR OF", HearsLead: "You are told of these without being on call. Nobody else sees this list.",
		HearsNothing: "Nothing yet. Choose a severity or a tag, or press the bell in a room.",
		AndWorse:     "%s and worse", HearTag: "Hear of a tag", Ends: "End",
		History: "WHO CHANGED WHAT", NoHistory: "Nobody has changed anything: these are the terms that Tsugi came with.", Pending: "not sent yet",
		DidDescribe: "described level %d as %s: “%s”", DidRemove: "removed level %d", DidPreset: "made %s the one that declarations start with",
		DidAsk: "changed the questions; they are %d now", DidTag: "described #%s: “%s”", DidForget: "forgot #%s",
		DidRoute: "had %s go by the policy %s; %s", DidUnroute: "had %s go by no policy; %s",
		DidQuiet: "it rings nowhere at night", DidLoud: "it rings also at night", DidUnknown: "(unknown here)",
		DidRole: "described the role %s", DidRoleRotation: "gave the role %s to whoever is on call in %s",
		DidOther: "changed something that this version does not know",
	}
}

func englishMerge() Merge {
	return Merge{
		Action: "This repeats another incident…", Also: "merge duplicate repetition same", Title: "Which incident does this repeat?",
		Text:  "This one ends here, and the other one notes it. Nothing is lost, and it can be undone.",
		Field: "Title or number", Nothing: "No other incident has that in its title.",
		Repeats: "Repeats %s", Open: "Go there", Undo: "Not a duplicate", UndoReason: "It is no duplicate.",
		GoesOn: "This goes on in %s",
	}
}

func englishSearch() Search {
	return Search{
		Field:      "Search every word that was ever written here",
		EmptyTitle: "Find anything", EmptyText: "Titles, tags and every entry are searched, without network too. Narrow it down: #checkout sev:1,2 is:burning by:ann after:2026-01-01",
		Nothing: "Nothing here says “%s”.",
		More:    "There is more. Another word narrows it down.", MoreLines: "and %d more entries", MoreLinesOne: "and one more entry",
		Titles: "Titles first, then newest", Best: "Best first",
		Missing:      "Older entries are not on this device yet; they are being fetched.",
		MissingSince: "Complete since %s. Older entries are not on this device yet; they are being fetched.",
		Unfinished:   "%s goes on with %s",
		Unknown:      "There is no %s here, so it was left aside. What can follow is %s.",
		NotExcluded:  "%s was left aside: only words and #tags can be ruled out",
		Severity:     "how bad it is", SeverityValues: "1 to 5, several with commas",
		Status: "where it stands, or private", StatusValues: "burning, open, mitigated, resolved, closed, invalid or private",
		Tag: "what it is tagged with", TagValues: "a tag",
		Author: "who wrote it", AuthorValues: "me, or the beginning of a name",
		Within: "one incident", WithinValues: "a number, as in INC-214",
		After: "written from then on", Before: "written until then", TimeValues: "a day, a month, a year, today, yesterday, or 7d",
		Kind: "what sort of incident", KindValues: "real, nearmiss, drill or info",
	}
}

func englishUnsent() Unsent {
	return Unsent{
		Title: "Unsent changes", Lead: "Everything here is safe on this device, also through a crash.",
		LeadLost:   "These were changes to what you can no longer see: their words were removed from this device.",
		LeadMixed:  "What waits or was refused is safe on this device, also through a crash. What is out of your sight is not: its words were removed.",
		EmptyTitle: "Everything is sent",
		EmptyText:  "What you do without network waits here until the server has it. If the server refuses something, you decide here what becomes of it.",
		Waiting:    "waits for the server", Refused: "refused", Conflict: "somebody was faster",
		Open: "Open the room", Retry: "Try again", Discard: "Discard", Theirs: "Keep %s", Mine: "Make it %s again",
		DiscardTitle: "Discard this for good?", DiscardText: "Nobody but you has seen it. It cannot be brought back.",
		StandsNow: "It is %s now, since %s.",
		Declared:  "declare “%s”", Wrote: "write “%s”", Edited: "change an entry to “%s”", Set: "set %s to %s",
		ShutOut: "shut out %s of %s", People: "People and devices",
		Retitled: "change the title to “%s”", Tagged: "add #%s", Untagged: "remove #%s", Joined: "respond as well", Named: "be called “%s”",
	}
}

func englishPeople() People {
	return People{
		Title: "%d people", TitleOne: "One person", Invite: "Invite", InviteTitle: "Whom do you invite?",
		Name: "Name", Department: "Department (may stay empty)", Admin: "May invite others and shut devices out",
		AdminMark: "admin", NoDevice: "no device yet",
		ThisDevice: "this device", Enrolled: "since %s", AddedBy: "added by %s, %s", Revoked: "shut out %s",
		Revoke: "Shut out", RevokeTitle: "Shut out %s?",
		RevokeText:   "From its next contact on it can neither read nor write here. %s can enrol again with a new code.",
		RevokeReason: "Why? (lost, stolen, sold …)",
		RevokeOwn:    "This is the device in front of you: you would have to enrol it again.",
		InvitedTitle: "Give this to %s", InvitedText: "Typed into the first page of Tsugi, it makes the device theirs. It works once.",
		Address: "Address", Code: "Code", Expires: "valid until %s", CreateCode: "Make a code",
		OnlineOnly:    "Codes are made by the server, which is not reached.",
		FurtherDevice: "Add a device", FurtherTitle: "A further device of %s",
		OwnName: "Your name …", OwnNameTitle: "What are you called?",
		OwnNameText: "Everybody reads it, also on what you wrote before.", Save: "Save",
	}
}

func englishEnrol() Enrol {
	return Enrol{
		Title: "Join your company's Tsugi", Lead: "Whoever invited you gave you an address and a code. The code works once, for ten minutes.",
		Address: "SERVER ADDRESS", AddressField: "https://tsugi.example.com", Code: "CODE", CodeField: "ABCD-EFGH",
		Device: "NAME OF THIS DEVICE", Button: "Enrol this device", Busy: "Asking the server …",
		Help:       "No code? Ask an admin for an invitation. On a new server, its first start prints one.",
		AgainTitle: "Enrol this device again",
		AgainLead:  "Ask for a new code, made for %s: then everything that is kept on this device stays here and is sent. It works once, for ten minutes.",
	}
}

func englishStart() Start {
	return Start{
		Title: "Tsugi cannot start", Quit: "Quit", Cause: "Cause: %s",
		NoDisplayWhat: "There is no screen to open a window on.", NoDisplaySafe: "Nothing was changed.",
		NoDisplayDo: "Start Tsugi from a desktop, or name an X display that can be reached in DISPLAY.",
	}
}
