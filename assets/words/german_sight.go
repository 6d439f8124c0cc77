package words

func germanSight() Sight {
	return Sight{
		Number: "P-%d",
		Seen:   "Vertraulich: sonst sieht es niemand", SeenOf: "Vertraulich: %d Personen sehen es", And: " und ", More: "%s und %d weitere",
		Head: "WER ES SIEHT", Switch: "Vertraulich: Nur wer hinzugefügt ist, sieht, dass es das gibt",
		Hint: "Für alles, was nicht alle wissen dürfen: Personal, Recht, Sicherheit. Für alle sichtbar machen geht auch später. " +
			"Wer den Server betreibt, kann es lesen; Admins können für eine Person, die es sieht, ein Gerät anmelden, und das wird ihr gesagt.",
		Find:   "Person nach Name oder Abteilung hinzufügen",
		Online: "Nur die Hinzugefügten sehen es, und sie werden sofort alarmiert; alles lässt sich nachher ändern.",
		Quiet:  "Nur die Hinzugefügten sehen es, und zwar sofort; für diese Art wird niemand alarmiert. Alles lässt sich nachher ändern.",
		Button: "Vertraulich melden", Declare: "Einen vertraulichen Vorfall melden", AloneTitle: "Sonst sieht es niemand",
		AloneText: "Es ist vertraulich, und niemand ist hinzugefügt: Niemand erfährt davon, niemand kann helfen. Trotzdem melden?",
		AloneYes:  "Vertraulich melden", AloneNo: "Hinzufügen",
		StillSees:  "%s sieht diesen Vorfall weiterhin; /exclude %s ändert das.",
		WriteAlone: "Nur für die eigenen Augen: Sonst sieht niemand diesen Raum", WriteTo: "An die %d Personen schreiben, die diesen Raum sehen",
		WriteYet:     "Schreiben: Noch sehen alle diesen Raum",
		ChangedTitle: "Vertraulich, und für dieselben Personen?",
		ChangedText:  "Das geht weiter mit „%s“, was vertraulich begonnen war. Außer hier sieht es nur %s: Sonst erfährt niemand davon, sonst kann niemand helfen.",
		Only:         "Vertraulich: Nur diese Personen sehen, dass es das gibt.", OnlySelf: "Vertraulich: Sonst sieht niemand, dass es das gibt. Bitte hinzufügen, wer helfen kann.",
		Add: "Person hinzufügen", All: "Alle %d zeigen", Remove: "%s soll das nicht mehr sehen",
		Stays:   "%s hat hier eine Rolle, und wer eine hat, sieht es: die Rolle vorher jemand anderem geben",
		SeenYet: "Noch nicht: Alle sehen es, bis das gesendet ist.", HiddenYet: "Noch nicht: Bis das gesendet ist, sieht es nur, wer es vorher sah.",
		StillYet: "Noch nicht: Bis das gesendet ist, sieht es auch %s.", AdmitYet: "noch nicht", BlindYet: "sieht das noch",
		WillBe: "sieht es dann", Blind: "sieht das nicht", WillSee: "Vertraulich: Wer gewählt wird, sieht von da an alles.",
		CopyMark: "Vertraulich: Nur die Hinzugefügten dürfen es sehen.",
		Conceal:  "Vertraulich machen …", ConcealAlso: "privat verbergen geheim verstecken einschränken private",
		Reveal: "Für alle sichtbar machen …", RevealAlso: "öffentlich offen zeigen freigeben public reveal",
		Admit: "Noch jemand soll das sehen …", AdmitAlso: "hinzufügen einladen freigeben vertraulich add",
		Exclude: "Jemand soll das nicht mehr sehen …", ExcludeAlso: "entfernen herausnehmen verlassen vertraulich remove",
		AdmitTitle: "Wer soll das auch sehen?", ExcludeTitle: "Wer soll das nicht mehr sehen?", NobodyElse: "Alle sehen es schon.",
		Unknown: "Niemand hier heißt „%s“.", SeesAlready: "%s sieht dies schon.", SeesNot: "%s sieht dies nicht.",
		Help: "Vertraulich, wer es sieht", HelpKeys: "/private  /admit",
		ConcealTitle: "Wer darf das noch sehen?",
		ConcealText: "Von da an sehen nur diese Personen, dass es das gibt. Von den Geräten aller anderen verschwindet es, mit den Dateien und mit dem, " +
			"was dort noch nicht gesendet ist. Was jemand noch weiß, kopiert hat oder als Mitteilung bekam, lässt sich nicht zurückholen. " +
			"Admins können für eine dieser Personen ein Gerät anmelden; das wird ihr gesagt.",
		ConcealYes:     "Vertraulich machen",
		ConcealOffline: "Der Server ist nicht erreichbar: Bis das gesendet ist, sehen es alle.",
		RevealTitle:    "Für alle sichtbar machen?",
		RevealText: "Dann sehen alle alles, auch was geschrieben und angehängt wurde, solange es vertraulich war. " +
			"Was gelesen ist, ist gelesen: Das lässt sich nicht zurücknehmen.",
		RevealYes: "Sichtbar machen", RevealNumber: "Es bekommt dann eine INC-Nummer.",
		OutTitle: "Soll %s das nicht mehr sehen?",
		OutText: "Von den Geräten von %s verschwindet es, mit den Dateien und mit dem, was dort noch nicht gesendet ist. " +
			"Was jemand noch weiß oder kopiert hat, lässt sich nicht zurückholen.",
		OutYes:     "Herausnehmen",
		LeaveTitle: "Das selbst nicht mehr sehen?",
		LeaveText:  "Von allen eigenen Geräten verschwindet es, mit den Dateien und mit dem, was noch nicht gesendet ist. Zurück geht es nur, wenn jemand hinzufügt, der es noch sieht.",
		LeaveYes:   "Verlassen",
		GoneWhat:   "Dieser Vorfall ist hier nicht mehr zu sehen.", GoneSafe: "Er wurde von diesem Gerät genommen, mit dem, was noch nicht gesendet war.",
		GoneDo:     "Wer ihn noch sieht, kann wieder hinzufügen.",
		MissedWhat: "Dieser Vorfall ist nicht auf diesem Gerät.", MissedSafe: "Was hier geschrieben wurde, ist aufgehoben.",
		MissedDo:    "Hat ihn der Server verloren, kommt er von selbst zurück. Wurde die Meldung abgelehnt, steht sie unter dem, was nicht gesendet ist.",
		UnsentState: "nicht mehr zu sehen", UnsentWhat: "eine Änderung an einem Vorfall, der nicht mehr zu sehen ist",
		UnsentWhy:    "Vielleicht kam sie noch an; ihre Worte wurden von diesem Gerät genommen. Es ist nichts zu entscheiden.",
		UnsentRemove: "Aus der Liste nehmen", UnsentHears: "ein Vorfall, der nicht mehr zu sehen ist",
		News: "In diesem vertraulichen Vorfall gibt es Neues.", NewsAdded: "%s ist jetzt hier zu sehen.",
		Privately: "%s hat dies vertraulich als %s gemeldet", Concealed: "%s hat dies vertraulich gemacht", Revealed: "%s hat dies für alle sichtbar gemacht",
		Admitted: "%s lässt %s dies sehen", Excluded: "%s hat %s herausgenommen; dort ist dies nicht mehr zu sehen", Left: "%s hat sich herausgenommen und sieht dies nicht mehr",
		LineOnly: "; nur %s sehen es", LineOnlyOne: "; nur %s sieht es",
	}
}

// germanSightRules are the faults of the rules of who sees an incident.
func germanSightRules() map[string]string {
	return map[string]string{
		"people": "Personen",
		"A private incident cannot be merged with another.":                       "Ein vertraulicher Vorfall lässt sich nicht mit einem anderen zusammenführen.",
		"Make it visible to everybody first, or write a link into the other one.": "Ihn vorher für alle sichtbar machen oder im anderen einen Link hinterlassen.",
		"An incident that is merged with another cannot be made private.":         "Ein Vorfall, der mit einem anderen zusammengeführt ist, lässt sich nicht vertraulich machen.",
		"Take the merge back first.":                                              "Vorher das Zusammenführen zurücknehmen.",
		"Nobody would see the incident any more.":                                 "Dann sähe den Vorfall niemand mehr.",
		"Add at least one person.":                                                "Mindestens eine Person hinzufügen.",
		"Add somebody else first.":                                                "Vorher jemand anderen hinzufügen.",
		"Nobody was added.":                                                       "Niemand wurde hinzugefügt.",
		"Whoever holds a role in a private incident sees it.":                     "Wer in einem vertraulichen Vorfall eine Rolle hat, sieht ihn.",
		"Give the role to somebody else first.":                                   "Die Rolle vorher jemand anderem geben.",
		"You wrote it when not everybody did, so it was not sent.":                "Es wurde geschrieben, als ihn nicht alle sahen, und darum nicht gesendet.",
		"Send it again if everybody may read it.":                                 "Noch einmal senden, wenn alle es lesen dürfen.",
		"Everybody sees this incident.":                                           "Diesen Vorfall sehen alle.",
		"Make it private first.":                                                  "Ihn vorher vertraulich machen.",
	}
}
