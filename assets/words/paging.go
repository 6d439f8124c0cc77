package words

// Paging are the texts of what reaches somebody outside of the client: a push, an SMS, a call, a mail, and the page behind its link.
type Paging struct {
	Title, TitlePrivate string // severity, number; severity
	Drill               string // the title
	TestTitle, TestText string
	PrivateText         string
	Held, HeldOne       string // the text, how many; the text

	SMS, SMSAnswer string // title, text; code

	CallOpening                       string
	CallIncident                      string // severity, number
	CallPrivate, CallPlain            string // severity
	CallDrill, CallTest, CallKeys     string
	CallOtherwise, CallAgain, CallEnd string

	MailSubject                    string // title, text
	MailOpening                    string
	MailLink                       string // where to
	MailOnce, MailApp, MailWhoSees string

	LinkTitle, LinkButton, LinkHint string
	LinkBroken, LinkBrokenDo        string
	LinkTooLate                     string

	ProofText   string // the code
	ProofSpoken string // its digits

	Answers Answers
	Reasons Reasons
}

// Answers are what somebody hears who has answered a page.
type Answers struct {
	Taken, Again, Declined, Over, Nothing, Several string
	WrongCode                                      string // the code
	Unreadable                                     string
	Failed                                         string
	Key                                            string // no such key
}

// Reasons say why something was sent or not, and what became of it. The names of the fields are the keys of the server's reasons.
type Reasons struct {
	Accepted, Arrived, PickedUp, NotDelivered, Unanswered, Busy                                 string
	Acknowledged, TooLate, CalledOff, Muted, NoAddress, SentBefore, Throttled, NoProvider       string
	AddressDead, InstallationWrong, AskedToWait, NotReached, Refused, GaveUp                    string
	PushNoReceipt, PushFailed, SMSFailed, CallFailed, MailFailed, Timely, Push, SMS, Call, Mail string
}

func englishPaging() Paging {
	return Paging{
		Title: "%s %s", TitlePrivate: "%s, private",
		Drill:     "Drill: %s",
		TestTitle: "Test page", TestText: "This is only a test: nothing has happened. Acknowledge it to show that it reached you.",
		PrivateText: "A private incident. What it is about stands in Tsugi.",
		Held:        "%s (%d more pages were held back)", HeldOne: "%s (one more page was held back)",

		SMS: "%s: %s", SMSAnswer: "Reply ACK %[1]s or NO %[1]s",

		CallOpening:  "This is Tsugi. You are being paged.",
		CallIncident: "%s, incident %d.",
		CallPrivate:  "%s, a private incident. What it is about stands in Tsugi.", CallPlain: "%s.",
		CallDrill: "This is a drill.", CallTest: "This is only a test. Nothing has happened.",
		CallKeys:      "Press 1 to acknowledge. Press 2 if you cannot help.",
		CallOtherwise: "Please acknowledge in Tsugi.",
		CallAgain:     "Once more.", CallEnd: "Nothing was pressed. Goodbye.",

		MailSubject: "[%s] %s",
		MailOpening: "You are being paged.",
		MailLink:    "To acknowledge, open this page and press its button:\n%s",
		MailOnce:    "The link is yours alone and works once. It opens for whoever has it, so do not pass it on.",
		MailApp:     "Acknowledge it in Tsugi.",
		MailWhoSees: "Nobody reads replies to this mail.",

		LinkTitle: "You are being paged", LinkButton: "Acknowledge",
		LinkHint:     "Press the button, and everybody sees that you are on it.",
		LinkBroken:   "This link is not whole.",
		LinkBrokenDo: "Open it from the mail once more, or acknowledge in Tsugi.",
		LinkTooLate:  "This page is over: its time has passed. What goes on now stands in Tsugi.",

		ProofText:   "Your code is %s. It is good for a quarter of an hour; tell it to nobody.",
		ProofSpoken: "This is Tsugi. Your code is: %s.",

		Answers: Answers{
			Taken: "Acknowledged. Everybody sees that you are on it.", Again: "You have acknowledged this already. All is done.",
			Declined: "It is noted that you cannot.", Over: "This page is over. What goes on now stands in Tsugi.",
			Nothing: "No page is waiting for you.", Several: "Several pages are waiting. Reply ACK and the digits in the message.",
			WrongCode:  "No page of yours has the code %s. Reply ACK and the digits in the message.",
			Unreadable: "Reply ACK and the digits in the message, or NO and the digits if you cannot help.",
			Failed:     "That could not be stored. Try again, or acknowledge in Tsugi.",
			Key:        "This key does nothing.",
		},
		Reasons: englishReasons(),
	}
}

func englishReasons() Reasons {
	return Reasons{
		Accepted: "accepted by the provider", Arrived: "arrived on the phone", PickedUp: "the call was answered",
		NotDelivered: "could not be delivered", Unanswered: "nobody picked up", Busy: "the line was busy",
		Acknowledged: "not sent: acknowledged before", TooLate: "not sent: the next step had come", CalledOff: "not sent: it was over before",
		Muted: "not sent: notifications are muted", NoAddress: "nothing to reach this person by", SentBefore: "sent already",
		Throttled: "held back: too many in the last hour", NoProvider: "not set up on this server",
		AddressDead: "the address is gone", InstallationWrong: "the server's settings are wrong", AskedToWait: "the provider asks to wait",
		NotReached: "the provider was not reached; it is tried again", Refused: "the provider refused it", GaveUp: "tried often enough, in vain",
		PushNoReceipt: "push accepted, no receipt in %d s",
		PushFailed:    "push failed", SMSFailed: "SMS failed", CallFailed: "call failed", MailFailed: "mail failed", Timely: "as their rules say",
		Push: "push", SMS: "SMS", Call: "call", Mail: "mail",
	}
}
