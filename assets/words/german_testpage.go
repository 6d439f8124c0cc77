package words

func germanTestPage() TestPage {
	return TestPage{
		Caps: "PROBEALARM", Lead: "Auf dem echten Weg: derselbe Server, dieselben Anbieter und Regeln wie bei einem Vorfall. Sonst erfährt niemand davon.",
		Send: "Probealarm an mich", Again: "Noch einen senden", Offline: "Der Server ist nicht erreichbar: Jetzt lässt sich nichts ausprobieren.",
		Got: "Ist angekommen", Last: "Der letzte, %s",
		Unsent: "Unterwegs zum Server.", Begins: "Der Server hat ihn und fängt an.", Rings: "Es klingelt.", RingsDo: "Dort bestätigen, wo er ankommt.",
		Answered: "Angekommen: bestätigt nach %s, über %s.", Declined: "Angekommen: abgelehnt nach %s.", ByApp: "die App",
		Late: "Er kam zu spät beim Server an und wurde nicht gesendet.", LateDo: "Noch einen senden, solange der Server erreichbar ist.",
		NoWay: "Es gibt nichts, worüber er ankommen könnte.", NoWayDo: "Eine Nummer hinzufügen und bestätigen oder das Telefon anmelden.",
		Shown: "Ein Gerät hat ihn angezeigt, und es kam keine Antwort.", ShownDo: "Nachsehen, ob es Töne machen und „Nicht stören“ durchbrechen darf.",
		Silent: "Nicht angekommen: Nichts hat ihn bestätigt, und es kam keine Antwort.", SilentDo: "Was fehlschlug, steht darunter.",
		Seconds: "%d s", Minutes: "%d min %d s",
		Sent: "gesendet %s", Accepted: "angenommen %s", OnDevice: "auf dem Gerät %s", Acknowledged: "bestätigt %s", Failed: "fehlgeschlagen: %s",
		NotAccepted: "noch nicht angenommen", NoReceipt: "noch nicht bestätigt", Later: "falls keine Antwort kommt",
		WhyNoReceipt: "denn kein Gerät hat es bestätigt: %s", WhyFailed: "denn das schlug fehl: %s",
		Wakes: "Das kann wecken: %s.", Second: "Fällt der erste Weg aus, gibt es einen zweiten.", Push: "Ein eigenes Gerät bekommt Push.",
		Verified: "Alle Nummern und Adressen sind bestätigt.", NotInVain: "Die letzten Versuche kamen durch.", Rules: "Die Regeln versuchen alles, was weckt, und das bald.",
		Proved: "Ein Probealarm kam an: %s.",
		Ring:   "Probealarm, %s", RingText: "Nur eine Probe: Es ist nichts passiert. Bitte bestätigen.", Open: "Wie weit er ist",
	}
}

// germanTestPageRules are the faults of the rules of test pages.
func germanTestPageRules() map[string]string {
	return map[string]string{
		"Nobody asks for this test page.":          "Diesen Probealarm will niemand.",
		"Nobody is paged.":                         "Niemand wird alarmiert.",
		"Ask for it on a device of your own.":      "Auf einem eigenen Gerät anfordern.",
		"A test page can only be answered.":        "Einen Probealarm kann man nur beantworten.",
		"Declare an incident for everything else.": "Für alles andere einen Vorfall melden.",
	}
}
