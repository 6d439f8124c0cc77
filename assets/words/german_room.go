package words

func germanRoom() Room {
	return Room{
		Everything: "Alles", Decisions: "Entscheidungen", Audit: "Protokoll",
		Write: "An alle im Raum schreiben", Enter: "Enter",
		ComposerNote:    "Umschalt Enter beginnt eine neue Zeile",
		ComposerOffline: "Offline: bleibt auf diesem Gerät und geht hinaus, sobald der Server wieder da ist",
		ComposerKept:    "Nicht gesendet: bleibt auf diesem Gerät",
		NotSent:         "noch nicht gesendet", LateBlock: "%s ohne Netz geschrieben (%s)", NotSentStrip: "Nicht gesendet, soweit dieses Gerät weiß; niemand wird alarmiert. Es geht von selbst hinaus, sobald der Server es annimmt; bitte alle anrufen, die es wissen müssen.",
		People: "PERSONEN", Responders: "IM EINSATZ", Assign: "Besetzen", Facts: "FAKTEN",
		DeclaredAt: "gemeldet %s", DeclaredBy: "gemeldet von %s, %s", StatusSince: "%s seit %s", ImportedFrom: "übernommen aus %s",
		AddTag: "+ Schlagwort", TagField: "Schlagwort", NewTag: "#%s hinzufügen",
		Change: "Ändern", Reason: "Warum? Ein Satz hilft allen.",
		SeverityTitle: "Wie schlimm ist es jetzt?", StatusTitle: "Wie steht es?", RoleTitle: "Wer übernimmt die Rolle %s?",
		Find: "Person suchen", Release: "Vorerst niemand",
		Earlier: "Frühere Einträge laden", Gap: "Frühere Einträge sind noch nicht auf diesem Gerät.",
		FactsButton: "Personen",
		Retitle:     "Ändern", RetitleTitle: "Was ist los?",
		Empty:     "Noch steht hier nichts. Was ist zu sehen? Alle im Raum lesen es.",
		JoinTitle: "Bisher nur als Zuschauer hier.", Join: "Ich packe mit an",
		Starred: "Markiert %d", Files: "Dateien %d", YouWereHere: "bis hier gelesen",
		Edited: "bearbeitet", Erased: "gelöscht", Told: "geschrieben %s", UpdateMark: "Update", Update: "Update für alle",
		MilestoneTitle: "Welcher Meilenstein ist das?", MilestoneOwn: "Ein anderer, in wenigen Worten", MilestonesHead: "MEILENSTEINE",
		NextUpdate: "NÄCHSTES UPDATE IN", NextNone: "keins zugesagt", NextOverdue: "UPDATE ÜBERFÄLLIG SEIT", NextSet: "Zusagen",
		NextTitle: "Wann gibt es Neues?", NextEnd: "Kein weiteres Update zusagen",
		Tasks: "AUFGABEN", TaskField: "Was ist zu tun?", TaskTitle: "Wer macht das?", TaskNobody: "Niemand Bestimmtes", TaskGone: "Aufgabe entfernen",
		GoToEntry: "Zum Eintrag", Unmark: "Diesen Meilenstein entfernen",
		Pins: "ANGEHEFTET", PinElsewhere: "ein früherer Eintrag",
		LinksHead: "LINKS", LinkField: "https://", LinkLabel: "Was ist dort? (Dashboard, Videoraum …)", LinkTitle: "Wohin führt er?", AddLink: "+ Link",
		Star: "Für die Nachbereitung markieren", Unstar: "Markierung entfernen", Pin: "Anheften", Unpin: "Nicht mehr anheften", Edit: "Bearbeiten", Erase: "Überall löschen …", CopyWords: "Text kopieren",
		MarkMilestone: "Meilenstein setzen …", CorrectTime: "Zeit berichtigen …", Origin: "Woher das kommt",
		EditTitle: "Andere Worte", EraseTitle: "Für alle löschen?",
		EraseText:   "Worte und Dateien verschwinden von allen Geräten, vom Server, aus der Suche und aus dem Protokoll. Es bleibt, wer wann gelöscht hat.",
		EraseReason: "Warum? (ein Passwort, der falsche Raum …)",
		TimeTitle:   "Wann ist das geschehen?", TimeField: "15:04 oder 2.1.2006 15:04", TimeWrong: "Eine Zeit wird als 15:04 geschrieben, mit Tag als 2.1.2006 15:04.",
		Save: "Speichern", CopyAll: "Als Text kopieren", Copied: "kopiert",
		Bell: "Über diesen Vorfall informieren", BellOn: "Wird über diesen Vorfall informiert",
		SizeBytes: "%d Byte", SizeKB: "%d kB", SizeMB: "%.1f MB",
		Arriving: "kommt an, %d %%", FileGone: "diese Datei wurde entfernt", NotHere: "noch nicht auf diesem Gerät", TooMany: "Ein Eintrag trägt höchstens %d Dateien.",
		Attach: "Datei anhängen", PasteHint: "Bild einfügen", PersonHint: "@ Person oder Rolle", TagHint: "# Schlagwort", CommandHint: "/ Befehl",
		MoreHint: "Mehr", RemoveFile: "Wieder entfernen", OpenFile: "Öffnen", SaveFile: "Kopie sichern",
		AttachMany: "%d Dateien anhängen", AttachOne: "Die Datei anhängen", AsWords: "Als Text einfügen",
		ShowAll: "Alles zeigen (%d Zeilen mehr)", ShowAllOne: "Alles zeigen (1 Zeile mehr)", ShowWhole: "Alles zeigen", ShowLess: "Weniger zeigen",
		Reading: "wird gelesen …", LeftOut: "Weggelassen: %s.", NoCommand: "Einen Befehl %s gibt es nicht. Enter schickt die Zeile so, wie sie ist.",
		NoCommandBut: "Einen Befehl %s gibt es nicht. Ist %s gemeint? Enter schickt die Zeile so, wie sie ist.",
		Already:      "Es ist schon %s. Etwas anderes wählen oder mit Esc verlassen.",
		Undone:       "Zurückgenommen: %s", NoUndo: "Hier gibt es nichts zurückzunehmen. ↑ holt den letzten eigenen Eintrag zum Ändern.",
		Leaving: "geht hinaus, wenn die Dateien gelesen sind: „%s“", LeavingFiles: "geht hinaus, wenn die Dateien gelesen sind",
		Following:    "geht danach hinaus: „%s“",
		EmptyStarred: "Noch nichts markiert. Ein Stern hebt einen Eintrag für die Nachbereitung auf.",
		EmptyFiles:   "Noch keine Dateien. Ein Bild unten ins Feld einfügen oder Dateien auf dieses Fenster ziehen.",
		TypingOne:    "%s schreibt …", TypingTwo: "%s und %s schreiben …", TypingThree: "%s, %s und %s schreiben …",
		TypingMany: "%s, %s und %d andere schreiben …",
		Looking:    "%d sind hier", LookingOne: "1 ist hier", LookingNow: "Gerade hier: %s", LookingMore: "Gerade hier: %s und %d weitere", FacesMore: "+%d",
	}
}

func germanAction() Action {
	return Action{
		Status: "Status ändern (als Nächstes: %s)",
		Update: "Ein Update für alle schreiben", Severity: "Schweregrad ändern", Title: "Titel ändern", Task: "Aufgabe hinzufügen",
		Tag: "Schlagwort hinzufügen", Link: "Link hinzufügen", Next: "Nächstes Update zusagen", Milestone: "Jetzt einen Meilenstein setzen",
		Undo: "Zurücknehmen: %s", Kind: "Als andere Art zählen", Hear: "Über diesen Vorfall informieren", Unhear: "Nicht mehr über diesen Vorfall informieren",
	}
}

func germanLine() Line {
	return Line{
		Declared: "%s hat dies als %s gemeldet", Joined: "%s packt mit an", Imported: "%s hat dies aus %s übernommen",
		Raised: "%s hat den Schweregrad von %s auf %s angehoben", Lowered: "%s hat den Schweregrad von %s auf %s gesenkt",
		Status: "%s hat den Status auf %s gesetzt", Reopened: "%s hat den Vorfall wieder geöffnet",
		Retitled: "%s hat den Titel in „%s“ geändert", Tagged: "%s hat #%s hinzugefügt", Untagged: "%s hat #%s entfernt",
		Assigned: "%s hat %[3]s die Rolle %[2]s gegeben", Took: "%s hat die Rolle %s übernommen", Left: "%s hat die Rolle %s abgegeben",
		Released: "%s hat %[3]s von der Rolle %[2]s entbunden",
		Reason:   ": „%s“", Contested: "%s wollte etwas anderes (%[2]s: %[3]s); es blieb bei %[4]s",
		Severity: "Schweregrad", StatusField: "Status", Role: "Rolle %s",
		Unknown: "%s hat etwas getan, das diese Version nicht kennt",
		Edited:  "%s hat einen Eintrag bearbeitet:", Erased: "%s hat einen Eintrag überall gelöscht",
		Starred: "%s hat einen Eintrag markiert", Unstarred: "%s hat eine Markierung entfernt", Pinned: "%s hat einen Eintrag angeheftet", Unpinned: "%s hat einen Eintrag vom Brett genommen",
		Retimed:   "%s hat die Zeit eines Eintrags auf %s berichtigt",
		Milestone: "Meilenstein: %[2]s (%[1]s)", NoMilestone: "%s hat den Meilenstein %s entfernt", MilestoneAt: ", %s",
		TaskAdded: "%s hat die Aufgabe „%s“ angelegt", TaskAddedFor: "%s hat die Aufgabe „%[2]s“ für %[3]s angelegt",
		TaskChanged: "%s hat die Aufgabe „%s“ geändert", TaskChangedFor: "%s hat „%[2]s“ an %[3]s übergeben",
		TaskTaken: "%s übernimmt „%s“", TaskDone: "%s hat „%s“ erledigt", TaskRemoved: "%s hat die Aufgabe „%s“ entfernt",
		LinkAdded: "%s hat einen Link hinzugefügt: %s", LinkRemoved: "%s hat den Link %s entfernt",
		Promised: "%s hat das nächste Update in %s zugesagt", NoUpdate: "%s sagt kein weiteres Update zu",
		Kind: "%s zählt dies als: %s", Merged: "%s hat dies als Wiederholung eines anderen Vorfalls beendet",
		MergedInto: "%s hat dies als Wiederholung von %s beendet",
		Absorbed:   "%s hat „%s“ als denselben Vorfall erkannt", SetFree: "%s hat „%s“ doch als eigenen Vorfall erkannt",
		AbsorbedNumber: "%s hat %s „%s“ als denselben Vorfall erkannt", SetFreeNumber: "%s hat %s „%s“ doch als eigenen Vorfall erkannt",
		TaskReopened: "%s findet „%s“ noch nicht erledigt",
		GivenBack:    "%s hat dem wiederhergestellten Server zurückgegeben, was ihm fehlte", GivenBackOf: "%s hat dem wiederhergestellten Server zurückgegeben, was ihm fehlte von %s",
	}
}

func germanAudit() Audit {
	return Audit{
		Title: "Woher das kommt", Who: "wer", What: "was", Written: "geschrieben", Arrived: "eingetroffen",
		Device: "Gerät", Why: "warum", NoReason: "kein Grund genannt", NotSent: "noch nicht gesendet",
		Refused: "abgelehnt",
	}
}
