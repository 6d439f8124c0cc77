package words

func germanReminder() Reminder {
	return Reminder{
		Moment: "%s, %s, %s", Comes: "Bereitschaft ab %s", ComesUntil: "%s, bis %s.", ComesOpen: "%s.",
		Changed: "Die eigenen Schichten sind andere: %s", On: "Jetzt in Bereitschaft: %s – %s.", Off: "Nicht mehr: %s – %s.",
		MoreOne: "Und eine weitere.", More: "Und %d weitere.",
		NotReady: "In der Bereitschaft ab %s womöglich nicht erreichbar", NotReadyText: "%s. Es fehlt: %s.",
		TheirsNotReady: "%s ist in der Bereitschaft ab %s womöglich nicht erreichbar", TheirsText: "%s. Es fehlt: %s.",
		SetIt: "Einzustellen ist das in Tsugi unter „Wie ich erreicht werde“.",
		NoWay: "weder Push noch Nummer noch Adresse ist eingerichtet", OnlyMail: "nur eine E-Mail-Adresse ist da, und E-Mail klingelt nirgends",
		OneWay: "nur ein einziger Weg ist da (%s), und kein zweiter, wenn er ausfällt", Late: "die Regeln lassen vor %d min nichts klingeln",
		InVain: "der letzte Versuch scheiterte (%s)", Other: "etwas, das diese Version nicht kennt",
		Push: "Push", SMS: "SMS", Call: "Anruf", Mail: "E-Mail", SomethingNewer: "etwas Neueres", Show: "Zeigen",
	}
}
