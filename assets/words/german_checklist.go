package words

func germanChecklist() Checklist {
	return Checklist{
		Section: "CHECKLISTEN", None: "Noch keine. Nachts weiß niemand auswendig, was zu tun ist: Was hier steht, erscheint im Vorfall, bei der Rolle, für die es gedacht ist.",
		Example: "Mit einem Beispiel anfangen", Add: "Checkliste schreiben", Change: "Checkliste ändern",
		Name: "Name", Items: "Was zu tun ist, je Zeile eins", ItemsField: "Telefonkonferenz öffnen und den Link hier eintragen",
		ForWhom: "Für", Anybody: "alle", Begins: "Beginnt von selbst bei", ByHand: "keinem Vorfall: nur von Hand", From: "%s und schlimmer",
		For: "für %s", BeginsIn: "von selbst bei %s", BeginsByHand: "von Hand", Count: "%d Punkte", One: "ein Punkt",
		ExampleName: "Die ersten Minuten",
		ExampleItems: "Telefonkonferenz öffnen und den Link hier eintragen\nIn einem Satz sagen, was nicht geht und bei wem\nDie Reparatur jemand anderem geben: selbst den Überblick behalten\n" +
			"Das nächste Update zusagen und einhalten\nEntscheiden, ob die Kundschaft davon erfahren muss\nWird es schlimmer? Schweregrad erhöhen und mehr Leute alarmieren",
		DidDescribe: "Checkliste „%s“ geschrieben, mit %d Punkten", DidRemove: "Checkliste „%s“ entfernt",
		Room: "CHECKLISTE", Begin: "Checkliste beginnen …", BeginAlso: "checkliste ablauf schritte anleitung runbook", BeginTitle: "Welche Checkliste?", Find: "Name der Checkliste",
		NoneWritten: "Noch ist keine geschrieben. Das geht auf der Seite Begriffe.", AllBegun: "Alle, die es gibt, haben hier begonnen.", Drop: "Diese Checkliste weglegen",
		Of: "%d von %d", Done: "alle %d erledigt", Of1: "erledigt", RoleVacant: "%s: noch niemand", RoleHeld: "%s: %s", TickedBy: "%s, %s",
		DropWish: "%s legt eine Checkliste weg",
		Begun:    "Checkliste „%s“ beginnt", BegunFor: "Checkliste „%s“ beginnt, für %s", Dropped: "%s hat die Checkliste „%s“ weggelegt",
		Ticked: "%s hat „%s“ abgehakt", Unticked: "%s: „%s“ ist doch nicht erledigt", TickWish: "%s hakt einen Punkt einer Checkliste ab", UntickWish: "%s nimmt den Haken von einem Punkt einer Checkliste",
	}
}

// germanChecklistRules are the faults of the rules of checklists.
func germanChecklistRules() map[string]string {
	return map[string]string{
		"checklist": "Checkliste", "checklists": "Checklisten", "items": "Punkte", "item %d": "Punkt %d",
		"are missing": "fehlen", "has no name of its own": "hat keine eigene Kennung", "is that of another checklist already": "gehört schon einer anderen Checkliste",
		"The checklist was not changed.":                                                  "Die Checkliste wurde nicht geändert.",
		"There is no such checklist.":                                                     "Diese Checkliste gibt es nicht.",
		"Somebody may have removed it; choose another one.":                               "Vielleicht hat jemand sie entfernt; es gibt noch andere.",
		"There is no such item on a checklist here.":                                      "Diesen Punkt gibt es hier auf keiner Checkliste.",
		"Somebody may have put the checklist away; begin it again if it is still of use.": "Vielleicht hat jemand die Checkliste weggelegt; wird sie noch gebraucht, lässt sie sich neu beginnen.",
	}
}
