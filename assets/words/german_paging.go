package words

func germanPaging() Paging {
	return Paging{
		Title: "%s %s", TitlePrivate: "%s, vertraulich",
		Drill:     "Übung: %s",
		TestTitle: "Probealarm", TestText: "Nur eine Probe: Es ist nichts passiert. Bestätigen zeigt, dass der Alarm ankommt.",
		PrivateText: "Ein vertraulicher Vorfall. Worum es geht, steht in Tsugi.",
		Held:        "%s (%d weitere Alarme wurden zurückgehalten)", HeldOne: "%s (ein weiterer Alarm wurde zurückgehalten)",

		SMS: "%s: %s", SMSAnswer: "Antwort: ACK %[1]s oder NO %[1]s",

		CallOpening:  "Hier ist Tsugi mit einem Alarm.",
		CallIncident: "%s, Vorfall %d.",
		CallPrivate:  "%s, ein vertraulicher Vorfall. Worum es geht, steht in Tsugi.", CallPlain: "%s.",
		CallDrill: "Dies ist eine Übung.", CallTest: "Dies ist nur eine Probe. Es ist nichts passiert.",
		CallKeys:      "Mit der 1 bestätigen. Mit der 2 ablehnen.",
		CallOtherwise: "Bitte in Tsugi bestätigen.",
		CallAgain:     "Noch einmal.", CallEnd: "Es wurde keine Taste gedrückt. Auf Wiederhören.",

		MailSubject: "[%s] %s",
		MailOpening: "Dies ist ein Alarm.",
		MailLink:    "Zum Bestätigen diese Seite öffnen und den Knopf drücken:\n%s",
		MailOnce:    "Der Link gilt nur hier und nur einmal. Wer ihn hat, kann ihn benutzen: nicht weitergeben.",
		MailApp:     "Bestätigt wird in Tsugi.",
		MailWhoSees: "Antworten auf diese Mail liest niemand.",

		LinkTitle: "Ein Alarm", LinkButton: "Bestätigen",
		LinkHint:     "Nach dem Knopfdruck sehen alle, dass sich jemand kümmert.",
		LinkBroken:   "Dieser Link ist nicht vollständig.",
		LinkBrokenDo: "Noch einmal aus der Mail öffnen oder in Tsugi bestätigen.",
		LinkTooLate:  "Dieser Alarm ist vorbei: Seine Zeit ist um. Wie es weitergeht, steht in Tsugi.",

		ProofText:   "Der Code ist %s. Er gilt eine Viertelstunde und ist für niemanden sonst.",
		ProofSpoken: "Hier ist Tsugi. Der Code ist: %s.",

		Answers: Answers{
			Taken: "Bestätigt. Alle sehen, dass sich jemand kümmert.", Again: "Das ist schon bestätigt. Alles erledigt.",
			Declined: "Es ist vermerkt, dass es gerade nicht geht.", Over: "Dieser Alarm ist vorbei. Wie es weitergeht, steht in Tsugi.",
			Nothing: "Es wartet kein Alarm.", Several: "Mehrere Alarme warten. Bitte ACK und die Ziffern aus der Nachricht antworten.",
			WrongCode:  "Kein Alarm hat den Code %s. Bitte ACK und die Ziffern aus der Nachricht antworten.",
			Unreadable: "Bitte ACK und die Ziffern aus der Nachricht antworten, oder NO und die Ziffern, wenn es nicht geht.",
			Failed:     "Das konnte nicht gespeichert werden. Bitte noch einmal versuchen oder in Tsugi bestätigen.",
			Key:        "Diese Taste ist nicht belegt.",
		},
		Reasons: germanReasons(),
	}
}

func germanReasons() Reasons {
	return Reasons{
		Accepted: "vom Anbieter angenommen", Arrived: "auf dem Telefon angekommen", PickedUp: "der Anruf wurde angenommen",
		NotDelivered: "nicht zustellbar", Unanswered: "niemand ging ans Telefon", Busy: "besetzt",
		Acknowledged: "nicht gesendet: vorher bestätigt", TooLate: "nicht gesendet: die nächste Stufe war erreicht", CalledOff: "nicht gesendet: vorher vorbei",
		Muted: "nicht gesendet: stummgeschaltet", NoAddress: "kein solcher Weg zu dieser Person", SentBefore: "schon gesendet",
		Throttled: "zurückgehalten: zu viele in der letzten Stunde", NoProvider: "auf diesem Server nicht eingerichtet",
		AddressDead: "die Adresse gibt es nicht mehr", InstallationWrong: "die Einstellungen des Servers stimmen nicht", AskedToWait: "der Anbieter bittet zu warten",
		NotReached: "der Anbieter war nicht erreichbar; es wird weiter versucht", Refused: "vom Anbieter abgelehnt", GaveUp: "oft genug vergeblich versucht",
		PushNoReceipt: "Push angenommen, nach %d s keine Quittung",
		PushFailed:    "Push gescheitert", SMSFailed: "SMS gescheitert", CallFailed: "Anruf gescheitert", MailFailed: "Mail gescheitert", Timely: "wie in den eigenen Regeln",
		Push: "Push", SMS: "SMS", Call: "Anruf", Mail: "Mail",
	}
}
