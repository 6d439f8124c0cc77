package words

// Reach are the texts of the page of how one is reached.
type Reach struct {
	Page, Title, Lead            string
	Go, Also                     string // the command, and other words for it that people type
	Push, SMS, Call, Mail, Other string
	AtOnce                       string
	AfterMinutes, AfterSeconds   string // how many

	AfterHour string

	Fine, FineText, FineUnknown string // nothing speaks against being reached, as far as is known

	Devices, NoDevices, Pushed, NotPushed, ToDevices string
	Contacts, ContactsEmpty, ContactsOffline         string
	ContactsKnown                                    string // what everybody may know: channels
	AddNumber, AddMail                               string
	NotVerified, Verified                            string // Verified: when
	Tried, TriedInVain                               string // when
	CannotSend                                       string
	Verify, Remove, RemoveTitle, RemoveText          string // RemoveTitle: address
	NumberTitle, NumberText, NumberField, ByAlso     string
	MailTitle, MailText, MailField, Add              string
	CodeTitle, CodeText, CodeField, CodeYes          string // CodeTitle: address
	High, HighLead, Low, LowLead                     string
	Rule, Never, AddRule, Usual, BackToUsual, Lacks  string // Rule: when, channel; Lacks: channel
	RuleTip                                          string
	RulesWait                                        string
	At3, At3Lead, At3Nothing, At3End, Silent         string
	WhyFirst, WhyRule, WhyNoReceipt                  string // WhyNoReceipt: seconds

	Published, PublishedLead, PublishedNone         string
	Publish, Unpublish, PublishTitle, PublishedWish string // PublishedWish: number
	UnpublishedWish                                 string

	// What speaks against being reached, and what to do: the channel, or when.
	NoChannel, NoChannelDo, NothingWakes, NothingWakesDo, OneChannel, OneChannelDo string
	WakesLate, WakesLateDo, Doubtful, DoubtfulDo, InVain, InVainDo, NoPush         string
	NoPushDo, RulesSkip, RulesSkipDo, LongSilent, LongSilentDo                     string

	Row, RowOnly, RowNothing string // of a colleague: channels
}

func englishReach() Reach {
	return Reach{
		Page: "My reach", Title: "How I am reached", Lead: "When something burns and you are on call, this decides whether you wake up.",
		Go: "How I am reached", Also: "notification rules contact phone number sms call mail push page test readiness alarm",
		Push: "push", SMS: "text message", Call: "call", Mail: "e-mail", Other: "something newer",
		AtOnce: "at once", AfterMinutes: "after %d min", AfterSeconds: "after %d s", AfterHour: "after an hour",
		Fine: "You can be reached.", FineText: "There is a second way if the first one fails, and nothing is left to verify.",
		FineUnknown: "There is a second way if the first one fails. Whether anything is left to verify, only the server knows.",
		Devices:     "MY DEVICES", NoDevices: "None yet.", Pushed: "push reaches it, also while Tsugi is closed",
		NotPushed: "tells you while Tsugi runs; push cannot wake it", ToDevices: "Add a device, or shut one out",
		Contacts: "NUMBERS AND ADDRESSES",
		ContactsEmpty: "None yet. A telephone works where the internet does not, and rings where an app is silent. " +
			"Only you see what you add here; the others see that there is a number, and not which.",
		ContactsOffline: "The server alone keeps them, and it is not reached. They can be seen and changed when it is.",
		ContactsKnown:   "This device knows only that there are: %s.",
		AddNumber:       "Add a number", AddMail: "Add an e-mail address",
		NotVerified: "not verified: nothing is sent there", Verified: "verified %s", Tried: "last tried %s", TriedInVain: "last tried %s, in vain",
		CannotSend: "This server cannot send text messages, calls and e-mail yet. What you add is kept; it is verified once the server can.",
		Verify:     "Verify", Remove: "Remove", RemoveTitle: "Remove %s?", RemoveText: "Nothing is sent there any more, and nothing of it is kept.",
		NumberTitle: "On which number?", NumberText: "With the code of the country. It is used for text messages and calls.",
		NumberField: "+49 170 1234567", ByAlso: "Call this number as well",
		MailTitle: "At which address?", MailText: "Mail wakes nobody. It is good for what can wait.", MailField: "you@example.com", Add: "Add",
		CodeTitle: "A code is on its way to %s", CodeText: "Six digits, good for 15 minutes. They show that it is yours.", CodeField: "123456", CodeYes: "It is mine",
		High: "WHEN IT IS URGENT", HighLead: "You are on call and are paged.",
		Low: "WHEN IT CAN WAIT", LowLead: "You are to know of it, and may sleep.",
		Rule: "%s: %s", Never: "not at all", AddRule: "then …", Usual: "the usual rules", BackToUsual: "Back to the usual ones",
		Lacks: "Not set up yet, and passed over: %s.", RuleTip: "When it is tried",
		RulesWait: "kept here, not sent yet",
		At3:       "AT THREE IN THE MORNING", At3Lead: "A SEV1 pages you, and you do not answer:",
		At3Nothing: "Nothing happens. Nobody can wake you, and whoever comes after you in the policy is paged at once.",
		At3End:     "Your answer ends it at any point. When the policy goes on to the next person, so does it.",
		Silent:     "My phone has no reception",
		WhyFirst:   "the page begins", WhyRule: "your rule", WhyNoReceipt: "no receipt from a device for %d s",
		Published: "FOR COLLEAGUES WITHOUT NETWORK", PublishedLead: "While you are on call, whoever declares something offline can call you: the number is on all their devices.",
		PublishedNone: "You publish none.", Publish: "Publish a number", Unpublish: "Take it back", PublishTitle: "Which number may everybody see?",
		PublishedWish: "publish the number %s", UnpublishedWish: "take the published number back",
		NoChannel: "Nothing can wake you.", NoChannelDo: "Add a number and verify it, or enrol your phone.",
		NothingWakes: "You are reached by e-mail alone, which wakes nobody.", NothingWakesDo: "Add a number and verify it, or enrol your phone.",
		OneChannel: "There is one single way to wake you: %s.", OneChannelDo: "If it fails, you sleep on. Add a second one.",
		WakesLate: "Your own rules wake you late: %s.", WakesLateDo: "Let something that rings come earlier.",
		Doubtful: "A number or address is not verified (%s).", DoubtfulDo: "Nothing is sent there until you type the code.",
		InVain: "The last try to reach you failed (%s).", InVainDo: "Look whether the number or address is still right.",
		NoPush: "No device of yours can be pushed to.", NoPushDo: "Enrol your phone: push is the fastest, and the only way that confirms itself.",
		RulesSkip: "Your rules for what is urgent leave out: %s.", RulesSkipDo: "Add it below, or leave it out knowingly.",
		LongSilent: "No device of yours has confirmed a push since %s.", LongSilentDo: "Send yourself a test page.",
		Row: "reached by %s", RowOnly: "reached by %s alone", RowNothing: "cannot be woken yet",
	}
}
