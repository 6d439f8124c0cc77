package words

func germanReached() Reached {
	return Reached{
		Push: "Push", SMS: "SMS", Call: "Anruf", Mail: "E-Mail", App: "die App",
		Step: "Stufe %s: %s wird alarmiert", StepSkipped: "In Stufe %s ist niemand zu erreichen: sofort die nächste",
		Admins: "Von der Bereitschaft ist niemand zu erreichen: die Admins werden alarmiert, %s", Exhausted: "Niemand hat geantwortet, und es ist niemand mehr übrig. Bitte jemanden anrufen.",
		Asked: "%s alarmiert %s", Acknowledged: "%s hat bestätigt", Through: "%s hat bestätigt (%s)",
		Try: "%[2]s wird alarmiert (%[1]s)", TryAfter: "%[2]s wird alarmiert (%[1]s), denn %[3]s ist fehlgeschlagen",
		TryUnshown: "%[2]s wird alarmiert (%[1]s), denn kein Gerät hat %[3]s bestätigt",
		Shown:      "Ein Gerät von %[2]s hat es angezeigt (%[1]s)", Failed: "%[2]s ist nicht zu erreichen (%[1]s)",
		Taken: "Was an %[2]s geht (%[1]s), hat der Anbieter angenommen", FailedWhy: "%[2]s ist nicht zu erreichen (%[1]s): %[3]s",
		Begins: "Noch hat niemand geantwortet: jetzt wird alarmiert", EndsOver: "Es ist vorbei: niemand wird mehr alarmiert", EndsAnswered: "Sonst wird niemand mehr alarmiert: %s kümmert sich",
		NoLonger:   "%s wird nicht mehr alarmiert",
		Unanswered: "%s hat nicht geantwortet", Cannot: "%s kann nicht: die Nächsten sind dran", NoWay: "%s ist über nichts zu erreichen",
		DutyAssigned: "%[2]s hat Bereitschaft als %[1]s",
		NobodyYet:    "Noch hat niemand geantwortet", Paging: "Noch hat niemand geantwortet: %s wird alarmiert", Answers: "%s kümmert sich",
		GaveUp: "Niemand hat geantwortet, und es ist niemand mehr übrig. Bitte jemanden anrufen.", NoneReached: "Niemand war zu erreichen. Bitte jemanden anrufen.",
		NotAsked: "Hierfür wird niemand alarmiert", Unsent: "Nicht gesendet: Niemand ist alarmiert worden",
		Being: "wird alarmiert (%s, %s)", Seen: "angezeigt, nicht beantwortet", Answered: "bestätigt %s", Silent: "hat nicht geantwortet", Declined: "kann nicht",
		CannotBe: "ist nicht zu erreichen", Queued: "wird gleich alarmiert",
		Acknowledge: "Bestätigen", AcknowledgeAlso: "ack übernehmen annehmen antworten", AcknowledgeTip: "Sagen, dass man sich kümmert: Dann klingelt nichts mehr",
		YouArePaged: "%s: Alarm für dieses Gerät, %s", Open: "Öffnen",
		Decline: "Ich kann nicht: die Nächsten alarmieren", DeclineAlso: "ablehnen weiter kann nicht",
		Page: "Jemanden alarmieren …", PageAlso: "ping anrufen dazuholen", PageTitle: "Wen alarmieren?", PageFind: "Ein Name, oder wofür Bereitschaft ist", OnCallFor: "Bereitschaft: %s",
		PolicyDescribed: "Alarmkette: %s", PolicyRetired: "Eine Alarmkette gilt nicht mehr",
	}
}

// germanReachedRules are the faults of the rules of whom an incident reaches.
func germanReachedRules() map[string]string {
	return map[string]string{
		"page": "Alarmierung", "roles": "Rollen", "has no name": "hat keinen Namen", "is that of another role already": "hat schon eine andere Rolle",
		"Nobody was paged.": "Niemand wurde alarmiert.",
		"The incident is over, so nobody is paged for it.":        "Der Vorfall ist vorbei, also wird für ihn niemand alarmiert.",
		"Mention them in the room, or reopen the incident first.": "Im Raum erwähnen oder den Vorfall zuerst wieder öffnen.",
		"There is no such page.":                                  "Diesen Alarm gibt es nicht.",
		"Look at the incident in Tsugi.":                          "Bitte in Tsugi nach dem Vorfall sehen.",
		"There is no such policy.":                                "Diese Alarmkette gibt es nicht.",
		"Somebody else changed the policy meanwhile.":             "Jemand anderes hat die Alarmkette inzwischen geändert.",
		"Only the server says so.":                                "Das sagt nur der Server.",
		"The role was not changed.":                               "Die Rolle wurde nicht geändert.",
	}
}
