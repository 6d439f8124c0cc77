package words

// German: short, warm, and addressing nobody by name or rank. Buttons and tasks are infinitives, hints say what is
// so, and where somebody must be asked to do something the sentence is a plain infinitive as well. The words:
//
//	incident         Vorfall               near miss      Beinahe-Vorfall
//	declare          melden                game day       Übung
//	burning          brennt                severity       Schweregrad
//	open             offen                 mitigated      eingedämmt
//	resolved         behoben               closed         abgeschlossen
//	invalid          ungültig              status         Status
//	board            Übersicht             room           Raum
//	timeline, entry  Zeitleiste, Eintrag   audit          Protokoll
//	person           Person                responder      im Einsatz
//	role             Rolle                 on call        Bereitschaft
//	IMOC             IMOC                  owner          Verantwortung
//	communications   Kommunikation         legal          Recht
//	page             alarmieren            wake           wecken
//	update           Update                milestone      Meilenstein
//	tag              Schlagwort            task           Aufgabe
//	star, pin        Stern, anheften       postmortem     Nachbereitung
//	enrol, shut out  anmelden, sperren     device         Gerät
//	unsent           nicht gesendet        change         Änderung
//	erase, discard   löschen, verwerfen    admin          Admin
//	merge            zusammenführen        terms          Begriffe
//	private          vertraulich           visible        sichtbar
//	rotation         Bereitschaftsplan     layer          Ebene
//	shift            Dienst                exception      Ausnahme

// German returns all texts in German.
func German() Catalog {
	return Catalog{
		Tag:       "de",
		Common:    germanCommon(),
		Time:      germanTime(),
		Severity:  Severity{Unknown: "SEV%d"},
		Status:    germanStatus(),
		Kind:      Kind{Real: "Vorfall", NearMiss: "Beinahe-Vorfall", GameDay: "Übung", Informational: "zur Information", TestPage: "Probealarm"},
		Milestone: germanMilestone(),
		Shell:     germanShell(),
		Board:     germanBoard(),
		Room:      germanRoom(),
		Action:    germanAction(),
		Line:      germanLine(),
		Audit:     germanAudit(),
		Declare:   germanDeclare(),
		Terms:     germanTermsPage(),
		Merge:     germanMerge(),
		Sight:     germanSight(),
		Reached:   germanReached(),
		Unsent:    germanUnsent(),
		People:    germanPeople(),
		Enrol:     germanEnrol(),
		Start:     germanStart(),
		Hands:     germanHands(),
		Search:    germanSearch(),
		News:      germanNews(),
		Around:    germanAround(),
		Reach:     germanReach(),
		Phrases:   NewPhrases(germanSetup(), germanFields(), germanRules(), germanSightRules(), germanReachedRules(), germanTerms(), germanOnCall(), germanReaching(), germanFeeds(), germanDevice(), germanDisk(), germanServer(), germanChecklistRules(), germanTestPageRules()),
		Paging:    germanPaging(),
		OnCall:    germanDuty(),
		Policies:  germanPolicies(),
		Calendar:  germanCalendar(),
		Reminder:  germanReminder(),
		Checklist: germanChecklist(),
		TestPage:  germanTestPage(),
	}
}

func germanCommon() Common {
	return Common{
		Declare: "Melden", Cancel: "Abbrechen", Close: "Schließen", Copy: "Kopieren",
		Nobody: "niemand", You: "ich",
		Number: "INC-%d", Unnumbered: "noch nicht gesendet",
		UnexpectedWhat: "Etwas ist schiefgegangen: %v.",
		UnexpectedSafe: "Alles Geschriebene bleibt auf diesem Gerät erhalten.",
		UnexpectedDo:   "Bitte noch einmal versuchen; bleibt es dabei, hilft, wer Tsugi betreut.",
		Server:         "Tsugi", Imported: "Import", SomebodyUnknown: "jemand", UnknownDevice: "ein unbekanntes Gerät",
		FieldProblem: "%s: %s.", Decimal: ",",
	}
}

func germanTime() Time {
	return Time{
		Now: "gerade eben", Minutes: "vor %d Min.", Hours: "vor %d Std.", Yesterday: "gestern", Today: "heute",
		Days:         "%d T %02d Std.",
		Arrived:      "eingetroffen %s",
		Weekdays:     "So Mo Di Mi Do Fr Sa",
		WeekdaysLong: "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
		Months:       "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
		DayMonth:     "%d. %s", DayMonthYear: "%d. %s %d", ExactDay: "%s, %d. %s %d, %s",
		Uncertain: "%s, ungefähr: die Uhr des Geräts ging falsch", SpanMinutes: "%d Min.", SpanHours: "%d Std.",
	}
}

func germanStatus() Status {
	return Status{
		Open: "offen", Mitigated: "eingedämmt", Resolved: "behoben", Closed: "abgeschlossen", Invalid: "ungültig",
		OpenHint:      "Es brennt, oder es brennt wieder.",
		MitigatedHint: "Es tut nicht mehr weh; die Ursache ist noch da.",
		ResolvedHint:  "Die Ursache ist beseitigt. Jetzt gilt es, daraus zu lernen.",
		ClosedHint:    "Alles ist getan und aufgeschrieben.",
		InvalidHint:   "Es war kein Vorfall. In Berichten zählt er nicht.",
		ToOpen:        "Wieder öffnen", ToMitigated: "Eingedämmt", ToResolved: "Behoben", ToClosed: "Abschließen",
	}
}

func germanMilestone() Milestone {
	return Milestone{
		Began: "Beginn", Detected: "bemerkt", Cause: "Ursache bekannt", Mitigated: "eingedämmt",
		Informed: "Betroffene informiert", Recovered: "wiederhergestellt",
	}
}

// germanSetup are the words of the set-up that a workspace starts with.
func germanSetup() map[string]string {
	return map[string]string{
		"The company cannot do its work, or data is being lost. Drop everything.": "Die Firma kann nicht arbeiten, oder Daten gehen verloren. Alles stehen und liegen lassen.",
		"Many customers or a whole department are held up. Now, not tomorrow.":    "Viele Kunden oder eine ganze Abteilung kommen nicht weiter. Jetzt, nicht morgen.",
		"Some are affected and there is a way around. During working hours.":      "Einige sind betroffen, und es gibt einen Umweg. Während der Arbeitszeit.",
		"Can the company not do its work, or is data being lost?":                 "Kann die Firma nicht arbeiten, oder gehen Daten verloren?",
		"Are many customers or a whole department held up?":                       "Kommen viele Kunden oder eine ganze Abteilung nicht weiter?",
		"Will it take longer than an hour?":                                       "Wird es länger als eine Stunde dauern?",
		"IMOC":                                                                    "IMOC", "Owner": "Verantwortung", "Communications": "Kommunikation", "Legal": "Recht",
	}
}
