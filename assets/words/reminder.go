package words

// Reminder are the texts by which people are told of their shifts.
type Reminder struct {
	Moment               string // weekday, day, clock
	Comes                string // when
	ComesUntil           string // rotation, until when
	ComesOpen            string // rotation
	Changed              string // rotation
	On, Off              string // from when, until when
	MoreOne, More        string // More: how many
	NotReady             string // when
	NotReadyText         string // rotation, what is missing
	TheirsNotReady       string // person, when
	TheirsText           string // rotation, what is missing
	SetIt                string
	NoWay, OnlyMail      string
	OneWay               string // channel
	Late                 string // minutes
	InVain               string // channel
	Other                string
	Push, SMS, Call      string
	Mail, SomethingNewer string
	Show                 string
}

func englishReminder() Reminder {
	return Reminder{
		Moment: "%s %s, %s", Comes: "You are on call from %s", ComesUntil: "%s, until %s.", ComesOpen: "%s.",
		Changed: "Your shifts have changed: %s", On: "On call now: %s – %s.", Off: "Not any more: %s – %s.",
		MoreOne: "And one more.", More: "And %d more.",
		NotReady: "You may not be reached when you are on call from %s", NotReadyText: "%s. What is missing: %s.",
		TheirsNotReady: "%s may not be reached when on call from %s", TheirsText: "%s. What is missing: %s.",
		SetIt: "It is set in Tsugi under “How I am reached”.",
		NoWay: "no push, no number and no address is set up", OnlyMail: "there is an e-mail address alone, and mail rings nowhere",
		OneWay: "there is one single way (%s), and no second where it fails", Late: "the notification rules let nothing ring before %d min",
		InVain: "the last try failed (%s)", Other: "something that this version does not know",
		Push: "push", SMS: "text message", Call: "call", Mail: "e-mail", SomethingNewer: "something newer", Show: "Show",
	}
}
