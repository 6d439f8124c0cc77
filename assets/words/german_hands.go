package words

func germanHands() Hands {
	return Hands{
		Box: "Suchen oder Befehl", Commands: "BEFEHLE", Found: "GEFUNDEN",
		Footer:    "↑ ↓ wählen   ·   Enter öffnet   ·   Strg Enter öffnet in einem eigenen Fenster   ·   Esc geht zurück",
		SearchAll: "Alles zeigen, was zu „%s“ gefunden wurde",
		Further:   "Mehr zeigen (noch %d)",
		All:       "Alle Vorfälle", Search: "Suche",
		Everything: "Alles geht mit der Tastatur", HelpTitle: "Tasten und Befehle",
		HelpMove: "Unter mehreren wählen", HelpMoveKeys: "↑ ↓",
		HelpOpen: "Auslösen, was golden umrandet ist", HelpOpenKeys: "Enter",
		HelpTab: "Weiter zum Nächsten", HelpTabKeys: "Tab",
		HelpFar: "Seitenweise", HelpFarKeys: "Bild ↑  Bild ↓", HelpEnds: "Zum Ersten, zum Letzten", HelpEndsKeys: "Pos1  Ende",
		Anywhere: "ÜBERALL", InTheRoom: "IM RAUM",
		HelpMenu: "Alle Befehle im Raum", HelpNames: "Person, Rolle, Schlagwort",
		HelpLine: "Eine neue Zeile", HelpLineKeys: "Umschalt Enter",
		HelpPaste: "Einfügen, auch Dateien",
		HelpWhole: "Langes auf- und zuklappen", HelpSpace: "Leertaste",
		HelpEdit: "Letzten Eintrag ändern (leere Zeile)", HelpUndo: "Letzte Änderung zurücknehmen",
		GoBoard: "Zur Übersicht", GoUnsent: "Nicht gesendete Änderungen",
		GoTerms: "Zu Schweregraden und Schlagwörtern", Invite: "Jemanden einladen", OwnName: "Eigener Name …", OwnNameAlso: "umbenennen ich heiße mein Abteilung", GoPeople: "Zu den Personen", GoSearch: "Alles durchsuchen",
		Declare: "Einen Vorfall melden", Palette: "Suchen oder Befehl",
		Help: "Tasten und Befehle", Back: "Zurück", Aside: "In einem eigenen Fenster öffnen",
		AsideAlso: "neues Fenster eigenes zweites getrennt ablösen window",
		Dark:      "Aussehen: dunkel", Light: "Aussehen: hell", Follow: "Aussehen: wie das System",
		Larger: "Schrift größer", Smaller: "Schrift kleiner", Normal: "Schrift in üblicher Größe",
		Write:  "Im Raum schreiben",
		InRoom: "%s · %s", Assign: "Rolle %s besetzen", Ctrl: "Strg %s",
	}
}

func germanSearch() Search {
	return Search{
		Field:      "Jedes Wort durchsuchen, das hier je geschrieben wurde",
		EmptyTitle: "Alles finden", EmptyText: "Durchsucht werden Titel, Schlagwörter und jeder Eintrag, auch ohne Netz. Enger wird es so: #checkout sev:1,2 is:burning by:ann after:2026-01-01",
		Nothing: "Hier steht nirgends „%s“.",
		More:    "Es gibt noch mehr. Ein weiteres Wort grenzt es ein.", MoreLines: "und %d weitere Einträge", MoreLinesOne: "und ein weiterer Eintrag",
		Titles: "Titel zuerst, dann Neueste", Best: "Beste zuerst",
		Missing:      "Ältere Einträge sind noch nicht auf diesem Gerät; sie werden geholt.",
		MissingSince: "Vollständig seit %s. Ältere Einträge sind noch nicht auf diesem Gerät; sie werden geholt.",
		Unfinished:   "auf %s folgt %s",
		Unknown:      "%s gibt es hier nicht; das wurde nicht berücksichtigt. Folgen kann %s.",
		NotExcluded:  "%s wurde nicht berücksichtigt: Nur Wörter und #Schlagwörter lassen sich ausschließen",
		Severity:     "wie schlimm es ist", SeverityValues: "1 bis 5, mehrere mit Komma",
		Status: "wie es steht, oder private", StatusValues: "burning (brennt), open (offen), mitigated (eingedämmt), resolved (behoben), closed (abgeschlossen), invalid (ungültig) oder private (vertraulich)",
		Tag: "welches Schlagwort", TagValues: "ein Schlagwort",
		Author: "wer es schrieb", AuthorValues: "me für mich, oder der Anfang eines Namens",
		Within: "ein bestimmter Vorfall", WithinValues: "eine Nummer, wie in INC-214",
		After: "ab dann geschrieben", Before: "bis dahin geschrieben", TimeValues: "ein Tag (2026-01-31), ein Monat (2026-01), ein Jahr, today, yesterday oder 7d",
		Kind: "welche Art", KindValues: "real (Vorfall), nearmiss (Beinahe-Vorfall), drill (Übung) oder info",
	}
}

func germanNews() News {
	return News{
		Title: "%s · %s", TitleKind: "%s (%s)",
		Declared: "%s hat das gerade gemeldet.", Revealed: "%s hat das gerade für alle sichtbar gemacht.", Raised: "%s hat es von %s auf %s angehoben", Lowered: "%s hat es von %s auf %s gesenkt",
		Status: "%s sagt: %s",
		Role:   "Rolle von %s erhalten: %s.", Mention: "%s: %s", Paged: "Alarm: Bitte bestätigen oder weitergeben.",
		OpenRoom: "Raum öffnen", OpenBoard: "Übersicht öffnen",
		More: "Neues bei %d weiteren Vorfällen", MoreOne: "Neues bei einem weiteren Vorfall", MoreText: "Die Übersicht zeigt alle.",
		InTray:     "Tsugi läuft in der Leiste weiter",
		InTrayText: "Wenn etwas brennt, ist das weiterhin zu hören. Das Menü in der Leiste beendet es; dort steht auch, was das Schließen des Fensters tut.",

		Device:      "Unter dem eigenen Namen wurde ein Gerät angemeldet: „%s“, %s.",
		DeviceBy:    "Unter dem eigenen Namen wurde ein Gerät angemeldet: „%s“, eingeladen von %s, %s.",
		DeviceTitle: "Ein Gerät wurde unter dem eigenen Namen angemeldet",
		DeviceNote:  "„%s“, %s.", DeviceNoteBy: "„%s“, eingeladen von %s, %s.",
		DeviceMay: "Es liest alles, was hier zu lesen ist, und was es tut, geschieht unter dem eigenen Namen.", DeviceDo: "Unbekannt? Dann bitte sperren.",
		DeviceOut: "%s, und gesperrt %s", DeviceMight: "Es konnte alles lesen, was hier zu lesen ist, und was es tat, geschah unter dem eigenen Namen.",
		DeviceOutDo: "Unbekannt? Dann bitte fragen, wer es angemeldet hat.",
		DeviceShow:  "Gerät zeigen",

		GoneTitle: "Eine Adresse für Alarme gibt es nicht mehr", GoneShow: "Zeigen",
		Gone:   "Dort kommt nichts mehr an: %s. Die Adresse wurde entfernt; bitte neu oder eine andere hinzufügen.",
		GoneOf: "%s ist dort nicht mehr erreichbar: %s. Die Adresse wurde entfernt, und die Person hat es erfahren.",
	}
}

func germanAround() Around {
	return Around{
		Fire: "%s  %s", MoreFires: "und %d weitere", MoreFiresOne: "und ein weiterer", Calm: "Nichts brennt",
		Declare: "Vorfall melden …", Open: "Tsugi öffnen", Quit: "Beenden",
		CloseToTray: "Nach dem Schließen des Fensters weiterlaufen", StartAtLogin: "Bei der Anmeldung starten",
		NoIncidentWhat: "%s ist kein Vorfall, den dieses Gerät kennt.", NoIncidentSafe: "Nichts wurde geändert.",
		NoIncident:  "Den Link noch einmal öffnen, sobald der Server erreichbar ist; bleibt es dabei, hilft, wer ihn geschickt hat.",
		BadLinkWhat: "%q ist kein Link, den Tsugi versteht.", BadLinkSafe: "Nichts wurde geändert.",
		BadLinkDo: "Links sehen aus wie tsugi://inc/214, tsugi://incident/… oder tsugi://declare?title=….",
		EntryName: "Tsugi", EntryComment: "Vorfälle melden, bewältigen und daraus lernen",
	}
}
