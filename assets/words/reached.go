package words

// Reached are the texts of whom an incident reaches, and how.
type Reached struct {
	Push, SMS, Call, Mail, App string // the channels

	// Lines of the timeline.
	Step, StepSkipped         string // number, names; number
	Admins                    string // names
	Exhausted                 string
	Asked                     string // who, whom
	Acknowledged, Through     string // who; who, channel
	Try, TryAfter, TryUnshown string // channel, whom; and the channel before
	Taken, Shown, Failed      string // channel, whom
	FailedWhy                 string // channel, whom, why
	Begins, EndsOver          string
	EndsAnswered, NoLonger    string // who
	Unanswered, Cannot, NoWay string // whom
	DutyAssigned              string // role, whom

	// Where it stands, in one sentence.
	NobodyYet, Paging, Answers    string // Paging: names; Answers: names
	GaveUp, NoneReached, NotAsked string
	Unsent                        string
	// What is said beside a person.
	Being, Seen, Answered      string // Being: channel, for how long; Answered: when
	Silent, Declined, CannotBe string
	Queued                     string

	// What can be done.
	Acknowledge, AcknowledgeAlso, Decline, DeclineAlso string
	AcknowledgeTip                                     string
	YouArePaged, Open                                  string // YouArePaged: severity, when
	Page, PageAlso, PageTitle, PageFind                string
	OnCallFor                                          string // what
	PolicyDescribed, PolicyRetired                     string // PolicyDescribed: its name
}

func englishReached() Reached {
	return Reached{
		Push: "push", SMS: "SMS", Call: "a call", Mail: "mail", App: "the app",
		Step: "Step %s: paging %s", StepSkipped: "Step %s finds nobody who can be reached: the next one at once",
		Admins: "Nobody on call can be reached: paging the admins, %s", Exhausted: "Nobody has answered, and nobody is left to page. Call somebody.",
		Asked: "%s pages %s", Acknowledged: "%s acknowledged", Through: "%s acknowledged through %s",
		Try: "%[2]s is paged by %[1]s", TryAfter: "%[2]s is paged by %[1]s, because %[3]s failed",
		TryUnshown: "%[2]s is paged by %[1]s, because no device of theirs has confirmed %[3]s",
		Shown:      "A device of %[2]s has shown it (%[1]s)", Failed: "%[2]s cannot be reached by %[1]s",
		Taken: "What goes to %[2]s by %[1]s is with the provider", FailedWhy: "%[2]s cannot be reached by %[1]s: %[3]s",
		Begins: "Nobody has answered: people are paged", EndsOver: "It is over: nobody is paged any more", EndsAnswered: "Nobody else is paged: %s answers for it",
		NoLonger:   "%s is paged no longer",
		Unanswered: "%s did not answer", Cannot: "%s cannot: the next in turn", NoWay: "There is nothing to reach %s through",
		DutyAssigned: "%[2]s is on call as %[1]s",
		NobodyYet:    "Nobody has answered yet", Paging: "Nobody has answered yet: paging %s", Answers: "%s answers for it",
		GaveUp: "Nobody answered, and nobody is left to page. Call somebody.", NoneReached: "Nobody could be reached. Call somebody.",
		NotAsked: "Nobody is paged for this", Unsent: "Not sent: nobody has been paged",
		Being: "paging by %s, %s", Seen: "shown, not answered", Answered: "answers since %s", Silent: "did not answer", Declined: "cannot",
		CannotBe: "cannot be reached", Queued: "is about to be paged",
		Acknowledge: "Acknowledge", AcknowledgeAlso: "ack take answer got it mine", AcknowledgeTip: "Say that you answer for it: nothing rings any more",
		YouArePaged: "%s: you are paged, %s", Open: "Open",
		Decline: "I cannot: page the next", DeclineAlso: "decline refuse skip pass",
		Page: "Page somebody …", PageAlso: "ping call bring in", PageTitle: "Whom to page?", PageFind: "A name, or what they are on call for", OnCallFor: "on call: %s",
		PolicyDescribed: "Order of escalation: %s", PolicyRetired: "An order of escalation is retired",
	}
}
