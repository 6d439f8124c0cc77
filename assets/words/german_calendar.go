package words

func germanCalendar() Calendar {
	return Calendar{
		Own: "Bereitschaft von %s", One: "Bereitschaft: %s", All: "Bereitschaft: alle", Yours: "Bereitschaft: %s", Shift: "%s: %s",
		InPlaceOf: "Statt %s.", Somebody: "jemand Unbekanntes",
		Title:   "IM EIGENEN KALENDER",
		Lead:    "Google Kalender, Outlook und Telefone lesen die Schichten unter einer geheimen Adresse, ein Jahr im Voraus, und folgen jeder Änderung von selbst. Wer die Adresse kennt, kann sie lesen.",
		Empty:   "Noch gibt es keine Adresse.",
		Offline: "Nur der Server kennt die Adressen, und der ist nicht erreichbar.",
		Add:     "Eine Adresse anlegen, die zeigt", Mine: "Die eigenen Schichten", Everything: "Alle, in allen Plänen", Of: "Alle in %s", Gone: "Alle in einem Plan, den es hier nicht gibt",
		Made: "angelegt %s", Read: "von einem Kalender gelesen %s", Unread: "noch von keinem Kalender gelesen",
		Revoke: "Widerrufen", RevokeTitle: "Diese Adresse widerrufen? – %s",
		RevokeText: "Unter ihr ist dann nichts mehr zu lesen, für niemanden. Kalender, die sie benutzen, behalten eine Weile, was sie haben, und erfahren keine Änderung mehr. Eine neue ist im Nu angelegt.",
		Once:       "Die Adresse jetzt kopieren", OnceText: "Sie ist nur dieses eine Mal zu sehen: Der Server bewahrt sie nicht auf. Im Kalender das Abonnieren über eine Adresse (URL) wählen und sie dort einfügen.",
		Palette: "Schichten im Kalender zeigen", Also: "kalender ics ical abonnieren abo google outlook adresse url export feed",
		Line: "%d  %s, %s, %s", None: "Es gibt keine Kalenderadressen.", Revoked: "Widerrufen: %s",
		NoSuch: "Es gibt keine Kalenderadresse mit der Nummer %d.", NoSuchDo: "Welche es gibt, zeigt: tsugi-cli oncall feed list",
		NoRotation: "Es gibt keinen Plan namens %q.", NoRotationDo: "Es gibt: %s",
	}
}

// germanFeeds are the faults around the addresses of calendars.
func germanFeeds() map[string]string {
	return map[string]string{
		"feed": "Adresse", "language": "Sprache",
		"is no language":                           "ist keine Sprache",
		"No address was made.":                     "Es wurde keine Adresse angelegt.",
		"There are %d calendar addresses already.": "Es gibt schon %d Kalenderadressen.",
		"Revoke one of them first.":                "Erst eine davon widerrufen.",
		"There is no such calendar address.":       "Diese Kalenderadresse gibt es nicht.",
		"Look at the list again; it may have been revoked on another device.": "Noch einmal in die Liste sehen; vielleicht wurde sie auf einem anderen Gerät widerrufen.",
		"Nobody knows what is to be told.":                                    "Niemand weiß, was zu sagen ist.",
		"The feed_id is no id.":                                               "Die feed_id ist keine Kennung.",
		"The rotation_id is no id.":                                           "Die rotation_id ist keine Kennung.",
		"Wait until it has been sent, and try again.":                         "Warten, bis er gesendet ist, und es noch einmal versuchen.",
	}
}
