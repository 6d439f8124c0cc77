package words

// TestPage are the texts of trying out whether a page reaches one.
type TestPage struct {
	Caps, Lead, Send, Again, Offline string
	Got                              string // the answer
	Last                             string // when

	// What has come of it, and what to do.
	Unsent, Begins, Rings, RingsDo string
	Answered, Declined             string // how long it took, by what; how long it took
	ByApp                          string
	Late, LateDo, NoWay, NoWayDo   string
	Shown, ShownDo                 string
	Silent, SilentDo               string
	Seconds, Minutes               string // how many; how many, and seconds

	// The stages of one try.
	Sent, Accepted, OnDevice, Acknowledged string // when
	Failed                                 string // why
	NotAccepted, NoReceipt, Later          string
	WhyNoReceipt, WhyFailed                string // the channel before

	// What speaks for being reached.
	Wakes                                    string // channels
	Second, Push, Verified, NotInVain, Rules string
	Proved                                   string // when
	Ring, RingText, Open                     string // Ring: when
}

func englishTestPage() TestPage {
	return TestPage{
		Caps: "TEST PAGE", Lead: "The true way: the same server, providers and rules as when something burns. Nobody else hears of it.",
		Send: "Send me a test page", Again: "Send another one", Offline: "The server is not reached: nothing can be tried out now.",
		Got: "It reached me", Last: "The last one, %s",
		Unsent: "On its way to the server.", Begins: "The server has it, and begins.", Rings: "It rings.", RingsDo: "Answer it where it reaches you.",
		Answered: "It reached you: answered after %s, by %s.", Declined: "It reached you: declined after %s.", ByApp: "the app",
		Late: "It came to the server too late, and was not sent.", LateDo: "Send another one while the server is reached.",
		NoWay: "Nothing reaches you.", NoWayDo: "Add a number and verify it, or enrol your phone.",
		Shown: "A device has shown it, and you did not answer.", ShownDo: "Look whether it may make a sound, and break Do Not Disturb.",
		Silent: "It did not reach you: nothing confirmed it, and you did not answer.", SilentDo: "What failed stands below.",
		Seconds: "%d s", Minutes: "%d min %d s",
		Sent: "sent %s", Accepted: "accepted %s", OnDevice: "on your device %s", Acknowledged: "answered %s", Failed: "failed: %s",
		NotAccepted: "not accepted yet", NoReceipt: "no receipt yet", Later: "unless you answer",
		WhyNoReceipt: "because no device has confirmed %s", WhyFailed: "because %s failed",
		Wakes: "What can wake you: %s.", Second: "There is a second way if the first one fails.", Push: "Push reaches a device of yours.",
		Verified: "All numbers and addresses are verified.", NotInVain: "The last tries went through.", Rules: "Your rules try all that can wake you, and soon.",
		Proved: "A test page reached you %s.",
		Ring:   "Test page, %s", RingText: "Only a test: nothing has happened. Answer it.", Open: "How far it has come",
	}
}
