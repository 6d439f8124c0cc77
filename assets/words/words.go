// Package words holds every text that a person reads, once for each language. Fields with verbs are
// formats for fmt; their comments name the values in order.
package words

// Catalog is all texts in one language.
type Catalog struct {
	Tag string // of the language, as For takes it

	Common    Common
	Time      Time
	Severity  Severity
	Status    Status
	Kind      Kind
	Milestone Milestone
	Shell     Shell
	Board     Board
	Room      Room
	Action    Action
	Line      Line
	Audit     Audit
	Declare   Declare
	Terms     Terms
	Merge     Merge
	Sight     Sight
	Reached   Reached
	Unsent    Unsent
	People    People
	Enrol     Enrol
	Start     Start
	Hands     Hands
	Search    Search
	News      News
	Around    Around
	Reach     Reach
	Paging    Paging
	OnCall    OnCall
	Policies  Policies
	Calendar  Calendar
	Reminder  Reminder
	Checklist Checklist
	TestPage  TestPage

	// Phrases say what is worded elsewhere, in English.
	Phrases Phrases
}

// Common are words that several pages use.
type Common struct {
	Declare, Cancel, Close, Copy, Nobody, You        string
	Number                                           string // incident number
	Unnumbered                                       string
	UnexpectedWhat, UnexpectedSafe, UnexpectedDo     string // an error that explains nothing itself
	Server, Imported, SomebodyUnknown, UnknownDevice string // actors that are no known person
	FieldProblem                                     string // field, problem
	Decimal                                          string // what parts the whole of a number from its tenths
}

// Time are the words of moments and spans.
type Time struct {
	Now, Minutes, Hours, Yesterday   string // Minutes and Hours: how many
	Today                            string
	Days                             string // days, hours
	Arrived                          string // when
	Weekdays, Months                 string // seven and twelve names, parted by spaces, Sunday and January first
	WeekdaysLong                     string
	DayMonth, DayMonthYear, ExactDay string // day, month, year; weekday, day, month, year, clock
	Uncertain                        string // an exact time
	SpanMinutes, SpanHours           string // how many
}

// Severity are the names that a workspace may leave to us.
type Severity struct{ Unknown string }

// Status are the five words for where an incident stands, and the wish to bring it there.
type Status struct {
	Open, Mitigated, Resolved, Closed, Invalid                     string
	OpenHint, MitigatedHint, ResolvedHint, ClosedHint, InvalidHint string
	ToOpen, ToMitigated, ToResolved, ToClosed                      string
}

// Kind are the kinds of incidents.
type Kind struct{ Real, NearMiss, GameDay, Informational, TestPage string }

// Milestone are the moments that a postmortem tells of.
type Milestone struct{ Began, Detected, Cause, Mitigated, Informed, Recovered string }

// Shell are the texts around all pages.
type Shell struct {
	Name, Board, Unsent, People              string
	RefusedMany, RefusedSafeMany             string // RefusedMany: how many
	LostWhat, LostSafe                       string
	LostMany, LostSafeMany                   string // LostMany: how many
	Live, LiveAlone                          string // how many people
	LiveOnly                                 string // while nobody knows how many
	Connecting                               string
	Offline, ShutOut, Stuck, Full            string // since when
	StripOffline                             string // since when
	StripShutOut, StripStuck                 string // what is kept
	StripFull                                string
	RefusedWhat, RefusedSafe, RefusedDo      string
	Kept, KeptOne, KeptNone                  string // how many
	EnrolAgain                               string
	DamagedWhat, DamagedSafe, DamagedDo      string
	SmearedWhat, SmearedSafe, SmearedDo      string
	UnfoldedWhat, UnfoldedSafe, UnfoldedDo   string
	StripPending, StripPendingOne, StripNone string // how many
	StripNobody                              string
	DeclareHint                              string
	FileKept                                 string // where
}

// Board are the texts of the first page.
type Board struct {
	Burning, BurningOne                        string // how many
	CalmTitle, CalmText, EmptyTitle, EmptyText string
	Lately, LatelyEmpty, HowBad, All           string
	Changed                                    string // when anything about it last changed, in relative time
	NextIn, NextLate                           string // a span; they follow Changed, and tell of the update that was promised
	Responding                                 string // how many people
	NoRoles                                    string
	Unsent                                     string
	Filling                                    string // how many entries are not here yet
	Unread                                     string // how many, in words
	UnreadMost                                 string // for more than can be counted at a glance
	Eased, EasedHint                           string // Eased: how many are mitigated
}

// Room are the texts of an incident's own page.
type Room struct {
	Everything, Decisions, Audit          string
	Write, Enter, ComposerNote            string
	ComposerOffline, ComposerKept         string
	NotSent, NotSentStrip, LateBlock      string
	People, Responders, Assign, Facts     string
	DeclaredBy                            string // who, when
	DeclaredAt                            string // exactly
	StatusSince                           string // status, when
	ImportedFrom                          string // where from
	AddTag, TagField, NewTag              string // NewTag: the tag
	Change, Reason                        string
	SeverityTitle, StatusTitle, RoleTitle string // RoleTitle: role
	Find, Release                         string
	Earlier, Gap                          string
	FactsButton                           string
	Retitle, RetitleTitle                 string
	Empty                                 string
	JoinTitle, Join                       string

	Starred, Files                                      string // tabs: how many
	YouWereHere                                         string
	Edited, Erased, Told                                string // marks on a block; Told: when it was written
	UpdateMark, Update                                  string // the mark of an update, and its switch
	MilestoneTitle, MilestoneOwn, MilestonesHead        string
	NextUpdate, NextNone, NextOverdue, NextSet          string
	NextTitle, NextEnd                                  string
	Tasks, TaskField, TaskTitle, TaskNobody, TaskGone   string
	GoToEntry, Unmark                                   string
	Pins, PinElsewhere                                  string
	LinksHead, LinkField, LinkLabel, LinkTitle, AddLink string
	Star, Unstar, Pin, Unpin, Edit, Erase, CopyWords    string
	MarkMilestone, CorrectTime, Origin                  string
	EditTitle, EraseTitle, EraseText, EraseReason       string
	TimeTitle, TimeField, TimeWrong                     string
	Save                                                string
	CopyAll, Copied                                     string
	Bell, BellOn                                        string
	SizeBytes, SizeKB, SizeMB                           string // how many
	FileGone, Arriving, NotHere, TooMany                string // Arriving: percent
	Attach, PasteHint, PersonHint, TagHint, CommandHint string
	MoreHint                                            string
	RemoveFile                                          string
	OpenFile, SaveFile                                  string
	AttachMany, AttachOne, AsWords                      string // AttachMany: how many
	ShowAll, ShowAllOne, ShowWhole, ShowLess            string // ShowAll: how many lines are hidden
	NoCommand                                           string // what stands behind the slash
	NoCommandBut                                        string // the same, and what it may have been meant to be
	Undone, NoUndo                                      string // Undone: what was done
	Already                                             string // what holds now: a severity or a status
	Reading, LeftOut, Leaving, LeavingFiles, Following  string // LeftOut: names; Leaving, Following: how the entry begins
	EmptyStarred, EmptyFiles                            string
	TypingOne, TypingTwo, TypingThree                   string // first names
	TypingMany                                          string // two first names, how many others
	Looking, LookingOne                                 string // how many
	LookingNow                                          string // names
	LookingMore                                         string // names, how many others
	FacesMore                                           string // how many
}

// Action are the things that can be done in a room, as a list of them tells.
type Action struct {
	Status                                                                        string // which comes next
	Update, Severity, Title, Task, Tag, Link, Next, Milestone, Kind, Hear, Unhear string
	Undo                                                                          string // what was done
}

// Line are the sentences of the timeline. The first value is always who.
type Line struct {
	Declared, Joined, Imported  string // Declared: severity; Imported: source
	Raised, Lowered             string // from, to
	Status                      string // to
	Reopened                    string
	Retitled                    string // the new title
	Tagged, Untagged            string // tag
	Assigned                    string // role, whom
	Took, Left, Released        string // role; Released: role, whom from
	Reason                      string // the reason
	Contested                   string // field, wanted, standing
	Severity, StatusField, Role string // names of fields; Role: which
	Unknown                     string

	Edited, Erased, Starred, Unstarred, Pinned, Unpinned     string
	Retimed                                                  string // when
	Milestone, NoMilestone                                   string // which
	MilestoneAt                                              string // when; it follows Milestone
	TaskAdded, TaskChanged, TaskDone, TaskTaken, TaskRemoved string // what
	TaskAddedFor, TaskChangedFor                             string // what, whose
	LinkAdded, LinkRemoved                                   string // where to
	Promised                                                 string // within what span
	NoUpdate, Merged                                         string
	MergedInto                                               string // who, and which incident
	Kind                                                     string // which
	Absorbed, SetFree                                        string // the other's title
	AbsorbedNumber, SetFreeNumber                            string // the other's number and title
	TaskReopened                                             string // what
	GivenBack, GivenBackOf                                   string // GivenBackOf: whose
}

// Audit are the words of an entry's origin.
type Audit struct {
	Title, Who, What, Written, Arrived, Device, Why, NoReason, NotSent string
	Refused                                                            string
}

// Declare are the texts of the form behind the button.
type Declare struct {
	Title, Field, HowBad, Tags, TagsField, Kind string
	Button, Offline, Kept, Online               string
	Quiet                                       string // in place of Online, for a kind for which nobody is paged
	Hint                                        string
	GoesOn, GoesOnFrom, StartOver               string // GoesOnFrom: when

	Similar, SimilarHint                   string
	NotSure, Sure, Questions, Yes, No      string
	Advised, AdvisedNone                   string // severity, the question; severity
	Real, NearMiss, GameDay, Informational string // what the kinds mean for counting
}

// Terms are the texts of the page of severities and tags.
type Terms struct {
	Page, Title, Lead                                                      string
	Severities, Level, AddLevel, Name, Hint, NoHint                        string // Level, AddLevel: which
	Preset, MakePreset, Remove, Save                                       string
	Questions, NoQuestions, AddQuestion, ChangeQuestion, Question, LeadsTo string // LeadsTo: severity
	Tags, NoTags, AddTag, Tag, Forget                                      string
	Hears, HearsLead, HearsNothing, AndWorse, HearTag, Ends                string // AndWorse: severity
	History, NoHistory, Pending                                            string
	DidDescribe                                                            string // level, name, hint
	DidRemove, DidPreset, DidAsk                                           string // level; severity; how many
	DidTag, DidForget                                                      string // tag, hint; tag
	DidRoute, DidUnroute                                                   string // severity, policy, how; severity, how
	DidQuiet, DidLoud, DidUnknown                                          string
	DidRole, DidRoleRotation                                               string // role; role, rotation
	DidOther                                                               string
}

// Merge are the texts around incidents that repeat another.
type Merge struct {
	Action, Title, Text, Field, Nothing string
	Also                                string // other words for Action that people type
	Repeats, Open, Undo, UndoReason     string // Repeats: number and title
	GoesOn                              string // number and title
}

// Search are the texts around what was found.
type Search struct {
	Field, EmptyTitle, EmptyText string
	Nothing                      string // what was looked for
	More                         string
	MoreLines, MoreLinesOne      string // how many
	Titles, Best                 string // the two orders
	Missing, MissingSince        string // MissingSince: when
	Unfinished                   string // filter, what may follow
	Unknown                      string // filter as typed, what may follow
	NotExcluded                  string // filter as typed

	// What each filter is for, and what may follow it.
	Severity, SeverityValues, Status, StatusValues, Tag, TagValues, Author, AuthorValues string
	Within, WithinValues, After, Before, TimeValues, Kind, KindValues                    string
}

// Unsent are the texts of the page of changes that the server has not confirmed.
type Unsent struct {
	Title, Lead, EmptyTitle, EmptyText string
	LeadLost, LeadMixed                string // where words of all, or of some, were removed
	Waiting, Refused, Conflict         string
	Open                               string
	Retry, Discard, Theirs, Mine       string // Theirs and Mine: the value
	DiscardTitle, DiscardText          string
	StandsNow                          string // value, who, when
	Declared, Wrote, Edited            string // title; text
	Set                                string // field, value
	ShutOut                            string // device, whose
	Retitled, Tagged, Untagged         string // the new title; the tag
	Joined                             string
	Named                              string // what a person is to be called
	People                             string // what a change of people or devices is about
}

// People are the texts of the page of people and devices.
type People struct {
	Title, TitleOne                               string // how many
	Invite, InviteTitle, Name, Department, Admin  string
	AdminMark, NoDevice                           string // Devices: how many
	ThisDevice, Enrolled, Revoked                 string // when
	AddedBy                                       string // who, when
	Revoke, RevokeTitle, RevokeText, RevokeReason string // RevokeTitle: device; RevokeText: who
	RevokeOwn                                     string
	InvitedTitle, InvitedText, Address, Code      string // InvitedTitle: who
	Expires                                       string // when
	CreateCode                                    string
	OnlineOnly                                    string
	FurtherDevice                                 string
	FurtherTitle                                  string // who
	OwnName, OwnNameTitle, OwnNameText, Save      string
}

// Enrol are the texts of the very first page.
type Enrol struct {
	Title, Lead, Address, AddressField, Code, CodeField, Device, Button, Busy, Help string
	AgainTitle                                                                      string
	AgainLead                                                                       string // who
}

// Start are the texts of the window that says why there is none.
type Start struct {
	Title, Quit string
	Cause       string // what the machine said

	NoDisplayWhat, NoDisplaySafe, NoDisplayDo string
}
