package words

// OnCall are the texts around who is on call.
type OnCall struct {
	Page, Title string
	// Moments and spans.
	Always, Since, Until, From           string // moments
	SinceUntil, FromUntil                string // two moments
	Days, DaysHours, HoursMinutes        string // how many
	DayOnly                              string // of the month
	MonthsLong                           string // twelve names, parted by spaces
	Ended, Begins                        string // Begins: when
	Then, ThenNobody                     string // Then: who
	Nobody, FillGap                      string
	NobodyDo                             string
	AsOf, AsOfText                       string // since when the server is not reached
	New, Edit                            string
	Own, OwnNone, OwnNow, OwnAsked       string
	Asks, Ask, AskOwn                    string // Ask: who, when, rotation; AskOwn: when, rotation
	Week, Month, Mine, Today             string
	Earlier, Later                       string
	OwnTime                              string
	SwitchTheirs, SwitchOwn              string // SwitchTheirs: a zone
	Exceptions, Result, LayerNumber      string // LayerNumber: which
	ForWhom, Besides, Without, Instead   string // who, for whom; who
	Wanted                               string // who
	ClocksDay                            string // how long the day is
	ClocksShift                          string // how long it is, how long clocks say
	Keys, Nothing, MineEmpty             string
	Selected                             string // when
	Planned                              string // when, how
	PlannedEnd                           string // when
	History, HistoryMore, HowItIsOrdered string // HistoryMore: how many

	// What can be done with a span of the calendar.
	TakeNow, TakeOver, Give, TakeOff              string // whom it is about
	GiveOwn, AddSomebody, WantCover               string
	GiveCover                                     string // whose, when
	WithdrawCover                                 string
	TakeBack                                      string // which exception
	Past                                          string
	Who, FieldFrom, FieldUntil, Note              string
	WhoMissing                                    string
	Do, DoAsk, DoBack                             string
	DeedsTitle                                    string // when
	MomentWrong, ClockWrong, DaysWrong            string
	NumberWrong                                   string
	DialogOffline                                 string
	PaletteTake, PaletteAsk                       string // rotation
	PaletteGo, PaletteNew, PaletteAlso, NewAlso   string
	PaletteEdit, PaletteWeek, PaletteMonth        string // PaletteEdit: rotation
	PaletteMine, PaletteToday, NoShiftToGive, All string
	NobodyElse                                    string

	// What a change would do.
	Changes, NothingMoves, PastStays  string
	BeginsNow, BeginsAt               string // when
	Line                              string // when
	Arrow                             string // who, who instead
	More                              string // how many
	GapArises, MoreGaps               string // when; how many
	Gains, Loses                      string // who, how long
	Times                             string // when, how often
	Reading                           string
	WarnNobody                        string // when
	WarnNobodyOne, WarnNobodyMore     string // how many
	WarnZone, WarnLayer, WarnPlace    string // zone; layer
	WarnNever, WarnGone, WarnReplaced string // layer; who
	WarnOther                         string
	Incomplete                        string

	// How a rotation is ordered.
	TakeTurns               string // who, how long, when they hand over, zone
	OneServes               string // who
	NobodyTurns             string
	OnlyHours               string // hours
	OneAtHours, ManyAtHours string // who, hours, zone
	ManyServe               string // who
	LayerSays               string // name, sentence
	Together, StepsIn       string // sentence
	EveryHour, EveryHours   string // how many
	EveryDay, EveryDays     string
	EveryWeek, EveryWeeks   string
	EveryMonth, EveryMonths string
	EveryYear, EveryYears   string
	AtClock                 string // time of day
	OnDay                   string // day of the month, time of day
	OnWeekday               string // day, time of day
	DaysAt                  string // days, from, until
	Daily                   string

	// Creating and changing.
	NewTitle, EditTitle, Lead                     string // EditTitle: rotation
	Name, NameHint, Zone, ZoneHint                string
	WhoTurns, WhoTurnsHint, AddPerson, TurnNumber string // TurnNumber: which
	And, Up, TakeOut, Together2                   string // TakeOut: whom
	Every, HandOver, HandOverHint                 string
	UnitHour, UnitDay, UnitWeek, UnitMonth        string
	UnitYear                                      string
	HoursLimit, HoursOn, HoursFrom, HoursUntil    string
	AddHours, RemoveHours                         string
	LayerName, LayerNameHint, AddLayer, DropLayer string
	RankSteps, RankBeside                         string
	BeginHead, BeginSoft, BeginAtField            string
	Save, Create, End                             string
	EndTitle, EndText, EndYes                     string // EndTitle: rotation
	EmptyTitle, EmptyText, EmptyButton            string
	TheirOrder, YourOrder                         string
	DropTitle, DropText, DropYes                  string
	TakeAShift, TakeNobody                        string
	CopyOnly                                      string
	CoverShort                                    string

	// What happened, and what is wished for.
	DidCreate                        string // name, how
	DidRename                        string // name
	DidOrder                         string // when, how
	DidEnd                           string // when
	DidTakeBack                      string // when
	DidAsk                           string // when
	DidWithdraw, DidOther            string
	DidCover, DidTake                string // whose, when
	DidReplace                       string // whom, who instead, when
	DidAdd, DidRemove                string // who, when
	DidInstead                       string // when
	WishOrder                        string // how
	WishEnd, WishTakeBack, WishCover string
	WishTake                         string // whose

	// On the board.
	Board, BoardNobody, BoardNone, BoardTeach string
}

func englishOnCall() OnCall {
	o := OnCall{
		Page: "On call", Title: "On call now",
		Always: "always", Since: "since %s", Until: "until %s", From: "from %s", SinceUntil: "since %s, until %s", FromUntil: "%s – %s",
		Days: "%d days", DaysHours: "%d days %d h", HoursMinutes: "%d h %d min", DayOnly: "%d",
		MonthsLong: "January February March April May June July August September October November December",
		Ended:      "ended", Begins: "begins %s", Then: "then %s", ThenNobody: "then nobody",
		Nobody: "nobody", FillGap: "Fill the gap …", NobodyDo: "Take it yourself, or choose somebody.",
		AsOf:     "as of %s",
		AsOfText: "The server is not reached since %s. This is who is on call as far as this device knew then; somebody may have taken over since. What you change is kept here and sent later.",
		New:      "New rotation", Edit: "Change",
		Own: "MY NEXT SHIFTS", OwnNone: "You have no shift within the next eight weeks.", OwnNow: "now", OwnAsked: "cover wanted",
		Asks: "COVER WANTED", Ask: "%s looks for somebody: %s, %s", AskOwn: "You look for somebody: %s, %s",
		Week: "Week", Month: "Month", Mine: "My shifts", Today: "Today", Earlier: "Earlier", Later: "Later",
		OwnTime: "your time", SwitchTheirs: "Show in %s", SwitchOwn: "Show in your time",
		Exceptions: "exceptions", Result: "on call", LayerNumber: "layer %d",
		ForWhom: "%s for %s", Besides: "%s besides", Without: "without %s", Instead: "as written down", Wanted: "%s wants cover",
		ClocksDay: "%s: clocks change", ClocksShift: "%s instead of %s: clocks change",
		Keys:    "← → shift   ·   ↑ ↓ row   ·   Shift ← → ↑ ↓ longer or shorter   ·   Enter what can be done   ·   PgUp PgDn turns the page",
		Nothing: "Nobody has a shift here in this time.", MineEmpty: "You take turns in no rotation.",
		Selected: "Selected: %s",
		Planned:  "From %s on: %s", PlannedEnd: "It ends %s.",
		History: "WHO CHANGED IT", HistoryMore: "Show all (%d more)", HowItIsOrdered: "HOW IT IS ORDERED",
	}
	o.englishDeeds()
	o.englishChanges()
	o.englishOrders()
	o.englishEditor()
	o.englishDid()
	return o
}

func (o *OnCall) englishDeeds() {
	o.TakeNow, o.TakeOver, o.Give, o.TakeOff = "Take over from %s now", "Take this over from %s …", "Somebody else serves for %s …", "Take %s off duty …"
	o.GiveOwn, o.AddSomebody, o.WantCover = "Somebody else serves for me …", "Somebody serves besides …", "Ask for cover …"
	o.GiveCover, o.WithdrawCover, o.TakeBack = "Cover for %s, %s", "Ask no more for cover", "Take this exception back: %s"
	o.Past = "This is over: what has happened stays as it was."
	o.Who, o.FieldFrom, o.FieldUntil, o.Note = "Who? A name or a department", "From", "Until", "Why, or what matters then"
	o.WhoMissing = "Choose somebody."
	o.Do, o.DoAsk, o.DoBack = "Save", "Ask", "Take back"
	o.DeedsTitle = "What shall be done? %s"
	o.MomentWrong, o.ClockWrong = "Write a time as 15:04, or with its day as 2006-01-02 15:04.", "Write the hours as 09:00 and 17:00."
	o.DaysWrong, o.NumberWrong = "Choose a day at least.", "Write a whole number."
	o.DialogOffline = "The server is not reached: this is kept here, and holds once it is sent."
	o.PaletteTake, o.PaletteAsk = "Take over now: %s", "Ask for cover: %s"
	o.PaletteGo, o.PaletteNew, o.PaletteAlso, o.NewAlso = "See who is on call", "Set up a rotation …", "on call duty shift roster calendar rota schedule", "create add schedule rota roster on call"
	o.PaletteEdit, o.PaletteWeek, o.PaletteMonth = "Change the rotation %s …", "Calendar: week", "Calendar: month"
	o.PaletteMine, o.PaletteToday = "Calendar: my shifts", "Calendar: today"
	o.NoShiftToGive, o.All, o.NobodyElse = "You have no shift to give away.", "All", "There is nobody else to choose."
}

func (o *OnCall) englishChanges() {
	o.Changes, o.NothingMoves = "WHAT THIS CHANGES", "The same people stay on call within the next eight weeks."
	o.PastStays = "Nothing that has already happened changes."
	o.BeginsNow, o.BeginsAt = "It holds at once.", "It holds from %s on."
	o.Line, o.Arrow, o.More = "%s", "%s → %s", "and %d more within eight weeks"
	o.GapArises, o.MoreGaps = "Nobody would be on call:", "and %d more times"
	o.Gains, o.Loses = "%s: %s more", "%s: %s less"
	o.Times, o.Reading = "%s, %d times", "Looking what this changes …"
	o.WarnNobody = "Nobody is on call %s."
	o.WarnNobodyOne, o.WarnNobodyMore = "So it is one more time within eight weeks.", "So it is %d more times within eight weeks."
	o.WarnZone = "This device does not know the time zone %s and goes by UTC."
	o.WarnLayer, o.WarnPlace = "Nobody can be on call by the row %s.", "The row %s has a turn in which nobody serves."
	o.WarnNever, o.WarnGone = "The row %s ends before it begins.", "%s takes turns, but is not here any more."
	o.WarnReplaced, o.WarnOther = "An exception replaces %s, who would not be on call then.", "Something is odd that this version does not know."
	o.Incomplete = "As soon as everything is filled in, this says what changes."
}

func (o *OnCall) englishOrders() {
	o.TakeTurns, o.OneServes = "%s take turns %s, handing over %s (%s).", "%s is always on call."
	o.ManyServe, o.OneAtHours, o.ManyAtHours = "%s are always on call together.", "%s is on call %s (%s).", "%s are on call together %s (%s)."
	o.NobodyTurns, o.OnlyHours = "Nobody takes turns.", "Only %s."
	o.LayerSays, o.Together, o.StepsIn = "%s: %s", "at the same time, %s", "where nobody above serves, %s"
	o.EveryHour, o.EveryHours, o.EveryDay, o.EveryDays = "every hour", "every %d hours", "every day", "every %d days"
	o.EveryWeek, o.EveryWeeks, o.EveryMonth, o.EveryMonths = "every week", "every %d weeks", "every month", "every %d months"
	o.EveryYear, o.EveryYears = "every year", "every %d years"
	o.AtClock, o.OnDay, o.OnWeekday = "at %s", "on day %d at %s", "on %s at %s"
	o.DaysAt, o.Daily = "%s %s–%s", "daily"
}

func (o *OnCall) englishEditor() {
	o.NewTitle, o.EditTitle = "A new rotation", "Change %s"
	o.Lead = "Say who takes turns. Shifts are worked out from it, and nothing that has happened is ever changed."
	o.Name, o.NameHint, o.Zone, o.ZoneHint = "NAME", "IMOC, Engineering, Legal …", "TIME ZONE", "Europe/Berlin"
	o.WhoTurns, o.WhoTurnsHint, o.AddPerson, o.TurnNumber = "WHO TAKES TURNS", "In this order, again and again.", "Add a person by name or department", "%d"
	o.And, o.Up, o.TakeOut, o.Together2 = "and", "Earlier", "Take %s out", "Serve together with the one above"
	o.Every, o.HandOver, o.HandOverHint = "A TURN LASTS", "HANDING OVER AT", "One of the handoffs; the others lie before it and after it."
	o.UnitHour, o.UnitDay, o.UnitWeek, o.UnitMonth, o.UnitYear = "hours", "days", "weeks", "months", "years"
	o.HoursLimit, o.HoursOn, o.HoursFrom, o.HoursUntil = "Only at certain hours", "HOURS", "09:00", "17:00"
	o.AddHours, o.RemoveHours = "More hours", "Remove these hours"
	o.LayerName, o.LayerNameHint = "WHAT THIS ROW IS CALLED", "weekdays, nights, backup … (may stay empty)"
	o.AddLayer, o.DropLayer = "Add a row", "Remove this row"
	o.RankSteps, o.RankBeside = "Steps in where nobody above serves", "Serves at the same time as the row above"
	o.BeginHead, o.BeginSoft, o.BeginAtField = "FROM WHEN", "As soon as it takes nobody off their shift", "At this moment: 2006-01-02 15:04"
	o.Save, o.Create, o.End = "Save", "Create", "End this rotation …"
	o.EndTitle, o.EndText, o.EndYes = "End %s?", "Nobody is on call by it any more once whoever serves now would hand over. What has happened stays, and it can be taken up again.", "End it"
	o.EmptyTitle = "Nobody takes turns yet"
	o.EmptyText = "A rotation says who answers, and when: “Ana, Ben and Chen take turns every week, handing over on Monday at 09:00.” " +
		"Then everybody sees here and on the board who is on call now, also without network, and shifts can be swapped in the calendar."
	o.EmptyButton = "Set up the first rotation"
	o.TheirOrder, o.YourOrder = "their order", "your order"
	o.DropTitle, o.DropText, o.DropYes = "Leave without saving?", "What was filled in is given up.", "Leave"
	o.CopyOnly = "From the copy on this device; the server was not asked."
	o.TakeAShift, o.TakeNobody, o.CoverShort = "Take a shift", "Nobody else is on call now.", "I take it"
}

func (o *OnCall) englishDid() {
	o.DidCreate, o.DidRename = "set up %s. %s", "named it %s"
	o.DidOrder, o.DidEnd = "ordered it anew from %s on. %s", "ended it from %s on"
	o.DidTakeBack, o.DidAsk = "took an exception back from %s on", "asked for cover, %s"
	o.DidWithdraw, o.DidOther = "asked no more for cover", "did something that this version does not know"
	o.DidCover, o.DidTake = "covers for %s, %s", "took over from %s, %s"
	o.DidReplace, o.DidAdd, o.DidRemove = "had %[2]s serve for %[1]s, %[3]s", "had %s serve besides, %s", "took %s off duty, %s"
	o.DidInstead = "wrote down who serves, %s"
	o.WishOrder, o.WishEnd = "ordered it anew. %s", "ended it"
	o.WishTakeBack, o.WishCover, o.WishTake = "took an exception back", "offered cover", "took over from %s"
	o.Board, o.BoardNobody = "ON CALL NOW", "nobody!"
	o.BoardNone, o.BoardTeach = "Nobody takes turns yet.", "Say who is on call"
}
