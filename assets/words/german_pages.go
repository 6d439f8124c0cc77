package words

func germanShell() Shell {
	return Shell{
		FileKept: "Eine Kopie liegt in %s.",
		Name:     "tsugi", Board: "Übersicht", Unsent: "Ausgang", People: "Personen",
		Live: "live · %d Personen", LiveAlone: "live · sonst niemand", LiveOnly: "live", Connecting: "verbindet",
		Offline: "offline seit %s", ShutOut: "gesperrt seit %s", Stuck: "abgewiesen seit %s", Full: "Speicher voll seit %s",
		StripOffline: "Offline seit %s",
		StripShutOut: "Dieses Gerät ist nicht mehr zugelassen. Nichts geht verloren: %s. Mit einem neuen Code wieder anmelden.",
		StripStuck: "Der Server schickt dieses Gerät immer wieder an den Anfang zurück; niemand wird alarmiert. Nichts geht verloren: %s. " +
			"Jede Minute folgt ein neuer Versuch. Bitte der Server-Betreuung Bescheid geben.",
		StripFull: "Der Speicher dieses Geräts ist voll oder defekt: Neues kann hier weder bewahrt noch gesendet werden, und niemand wird alarmiert. " +
			"Was vorher gespeichert war, ist sicher. Bitte Platz schaffen und bis dahin alle anrufen, die es wissen müssen.",
		RefusedWhat: "Eine eigene Änderung wurde nicht übernommen.", RefusedSafe: "Sie liegt auf diesem Gerät, und sonst ging nichts verloren.",
		RefusedMany: "%d eigene Änderungen wurden nicht übernommen.", RefusedSafeMany: "Sie liegen auf diesem Gerät, und sonst ging nichts verloren.",
		LostWhat: "Eine eigene Änderung kam vielleicht zu spät: Der Vorfall ist hier nicht mehr zu sehen.", LostSafe: "Ihre Worte wurden von diesem Gerät entfernt.",
		LostMany: "%d eigene Änderungen kamen vielleicht zu spät: Was sie betrafen, ist hier nicht mehr zu sehen.", LostSafeMany: "Ihre Worte wurden von diesem Gerät entfernt.",
		RefusedDo: "Im Ausgang steht der Grund, und dort lässt sich entscheiden.",
		Kept:      "%d Änderungen liegen auf diesem Gerät", KeptOne: "1 Änderung liegt auf diesem Gerät", KeptNone: "alles ist gesendet",
		EnrolAgain:  "Neu anmelden",
		DamagedWhat: "Die Kopie auf diesem Gerät war beschädigt und wird neu geholt.", DamagedSafe: "Noch nicht gesendete Änderungen sind sicher.",
		DamagedDo:    "Es ist nichts zu tun: Ältere Einträge kommen von selbst, solange der Server erreichbar ist.",
		SmearedWhat:  "Gelöschte Worte ließen sich noch nicht aus den Dateien dieses Geräts entfernen.",
		SmearedSafe:  "Angezeigt werden sie nirgends mehr, und sonst ging nichts verloren.",
		SmearedDo:    "Bitte Platz auf dem Datenträger schaffen: Dann werden sie von selbst entfernt. Bis dahin das Gerät nicht aus der Hand geben.",
		UnfoldedWhat: "Der Speicher dieses Geräts hat einmal versagt. Bis Tsugi neu gestartet wird, wachsen die Dateien nur noch.",
		UnfoldedSafe: "Alles hier Geschriebene ist gespeichert, und nichts ging verloren.",
		UnfoldedDo:   "Tsugi im nächsten ruhigen Moment schließen und neu starten. Kommt das wieder, den Datenträger prüfen lassen.",
		StripPending: "%d Änderungen werden noch gesendet", StripPendingOne: "1 Änderung wird noch gesendet",
		StripNone: "nichts wartet aufs Senden", StripNobody: "niemand wird alarmiert",
		DeclareHint: "Strg D",
	}
}

func germanBoard() Board {
	return Board{
		Burning: "%d brennen", BurningOne: "1 brennt",
		CalmTitle: "Nichts brennt", CalmText: "Alles ruhig. Sieht etwas falsch aus, bitte melden, auch im Zweifel: Ein Fehlalarm kostet eine Minute.",
		EmptyTitle: "Hier wurde noch nie etwas gemeldet",
		EmptyText:  "Stimmt etwas nicht, kann jeder auf „Melden“ drücken und es in ein paar Worten sagen. Das geht auch ohne Netz. Was gemeldet wurde, erscheint hier, das Schlimmste zuerst.",
		Lately:     "ZULETZT", LatelyEmpty: "Hier erscheint, was behoben ist.", HowBad: "WIE SCHLIMM IST ES", All: "Alle Vorfälle",
		Changed: "geändert %s", NextIn: " · Update in %s", NextLate: " · Update seit %s überfällig", Responding: "%d im Einsatz", NoRoles: "noch keine Rolle besetzt",
		Unsent: "nicht gesendet, soweit dieses Gerät weiß; niemand wird alarmiert", Filling: "Ältere Einträge sind noch nicht hier: %d fehlen.", Unread: "%s neu", UnreadMost: "99+",
		Eased: "%d eingedämmt", EasedHint: "nichts brennt; die Ursache ist noch da",
	}
}

func germanDeclare() Declare {
	return Declare{
		Title: "Was ist los?", Field: "In wenigen Worten, wie quer durchs Büro gerufen",
		HowBad: "WIE SCHLIMM IST ES", Tags: "SCHLAGWÖRTER", TagsField: "checkout, gehälter, presse …", Kind: "ART",
		Button:  "Melden",
		Offline: "Offline. Die Meldung bleibt hier und geht später hinaus: Bis sie gesendet ist, weiß niemand sonst davon. Bitte alle anrufen, die es wissen müssen.",
		Kept:    "Der Server nimmt sie gerade nicht an. Die Meldung bleibt hier: Bis sie gesendet ist, weiß niemand sonst davon. Bitte alle anrufen, die es wissen müssen.",
		Online:  "Wer Bereitschaft hat, wird alarmiert, und alle sehen es sofort; alles lässt sich nachher ändern.",
		Quiet:   "Für diese Art wird niemand alarmiert. Alle sehen es sofort, und alles lässt sich nachher ändern.",
		Hint:    "Enter",
		GoesOn:  "Weiter mit dem, was schon begonnen war", GoesOnFrom: "Weiter mit dem, was schon begonnen war (%s)", StartOver: "Neu beginnen",

		Similar: "IST ES EINER VON DIESEN?", SimilarHint: "Dann lieber diesen öffnen. Im Zweifel melden: Zusammenführen geht auch nachher.",
		NotSure: "Unsicher?", Sure: "Ohne Fragen", Questions: "Beantworten, was bekannt ist; die schlimmste Antwort zählt.", Yes: "Ja", No: "Nein",
		Advised: "%s, denn: %s", AdvisedNone: "%s: Auf nichts Schlimmeres war die Antwort Ja.",
		Real:          "Es trifft jemanden. Zählt als Vorfall.",
		NearMiss:      "Nichts ging kaputt, aber beinahe. Zählt gesondert und verdient Applaus.",
		GameDay:       "Eine Übung. Zählt gesondert; alarmiert wird wie im Ernstfall, und es wird als Übung benannt.",
		Informational: "Gut zu wissen. Zählt nicht.",
	}
}

func germanTermsPage() Terms {
	return Terms{
		Page: "Begriffe", Title: "Schweregrade, Schlagwörter und Checklisten",
		Lead:       "Wie die Firma die Dinge nennt. Alle dürfen es ändern; die Liste am Ende sagt, wer es war.",
		Severities: "SCHWEREGRADE", Level: "Stufe %d", AddLevel: "Stufe %d hinzufügen", Name: "Name, etwa SEV2",
		Hint: "Wann er gilt, in einem Satz, den alle verstehen", NoHint: "Noch kein Hinweis: Wann gilt er?",
		Preset: "damit beginnt jede Meldung", MakePreset: "Damit beginnen", Remove: "Entfernen", Save: "Speichern",
		Questions: "FRAGEN FÜR ALLE, DIE UNSICHER SIND", NoQuestions: "Keine. Zwei oder drei Fragen mit Ja oder Nein ersparen die Wahl.",
		AddQuestion: "Frage hinzufügen", ChangeQuestion: "Frage ändern", Question: "Mit Ja oder Nein zu beantworten", LeadsTo: "Ja heißt %s",
		Tags: "SCHLAGWÖRTER", NoTags: "Noch ist keins beschrieben. Am besten die, die man zuerst finden soll: checkout, gehälter, presse.",
		AddTag: "Schlagwort beschreiben", Tag: "Das Schlagwort", Forget: "Vergessen",
		Hears: "WORÜBER ICH INFORMIERT WERDE", HearsLead: "Auch ohne Bereitschaft. Niemand sonst sieht diese Liste.",
		HearsNothing: "Noch nichts. Einen Schweregrad oder ein Schlagwort wählen oder in einem Raum die Glocke drücken.",
		AndWorse:     "%s und schlimmer", HearTag: "Schlagwort abonnieren", Ends: "Beenden",
		History: "WER WAS GEÄNDERT HAT", NoHistory: "Noch niemand: Das sind die Begriffe, mit denen Tsugi kam.", Pending: "noch nicht gesendet",
		DidDescribe: "Stufe %d beschrieben als %s: „%s“", DidRemove: "Stufe %d entfernt", DidPreset: "%s zum Anfang jeder Meldung gemacht",
		DidAsk: "Fragen geändert; es sind jetzt %d", DidTag: "#%s beschrieben: „%s“", DidForget: "#%s vergessen",
		DidRoute: "%s der Alarmkette %s zugeordnet; %s", DidUnroute: "%s keiner Alarmkette zugeordnet; %s",
		DidQuiet: "nachts klingelt nichts", DidLoud: "es klingelt auch nachts", DidUnknown: "(hier unbekannt)",
		DidRole: "die Rolle %s beschrieben", DidRoleRotation: "die Rolle %s vergeben: an die Bereitschaft in %s",
		DidOther: "etwas geändert, das diese Version nicht kennt",
	}
}

func germanMerge() Merge {
	return Merge{
		Action: "Das wiederholt einen anderen Vorfall …", Also: "zusammenführen doppelt duplikat gleicher merge duplicate", Title: "Welchen Vorfall wiederholt das?",
		Text:  "Dieser endet hier, und der andere vermerkt es. Nichts geht verloren, und es lässt sich zurücknehmen.",
		Field: "Titel oder Nummer", Nothing: "Kein anderer Vorfall hat das im Titel.",
		Repeats: "Wiederholt %s", Open: "Dorthin", Undo: "Kein Doppel", UndoReason: "Doch kein Doppel.",
		GoesOn: "Das geht weiter in %s",
	}
}

func germanUnsent() Unsent {
	return Unsent{
		Title: "Nicht gesendete Änderungen", Lead: "Alles hier ist auf diesem Gerät sicher, auch bei einem Absturz.",
		LeadLost:   "Was diese Änderungen betrafen, ist nicht mehr zu sehen: Ihre Worte wurden von diesem Gerät entfernt.",
		LeadMixed:  "Was wartet oder abgelehnt wurde, ist auf diesem Gerät sicher, auch bei einem Absturz. Was nicht mehr zu sehen ist, nicht: Dessen Worte wurden entfernt.",
		EmptyTitle: "Alles ist gesendet",
		EmptyText:  "Was ohne Netz geschieht, wartet hier, bis der Server es hat. Lehnt er etwas ab, wird hier entschieden, was daraus wird.",
		Waiting:    "wartet auf den Server", Refused: "abgelehnt", Conflict: "jemand war schneller",
		Open: "Raum öffnen", Retry: "Noch einmal", Discard: "Verwerfen", Theirs: "Bei %s bleiben", Mine: "Wieder auf %s setzen",
		DiscardTitle: "Endgültig verwerfen?", DiscardText: "Niemand sonst hat es gesehen. Es lässt sich nicht zurückholen.",
		StandsNow: "Jetzt gilt %s, seit %s.",
		Declared:  "„%s“ melden", Wrote: "„%s“ schreiben", Edited: "einen Eintrag in „%s“ ändern", Set: "%s auf %s setzen",
		ShutOut: "%s von %s sperren", People: "Personen und Geräte",
		Retitled: "den Titel in „%s“ ändern", Tagged: "#%s hinzufügen", Untagged: "#%s entfernen", Joined: "mit anpacken", Named: "sich in „%s“ umbenennen",
	}
}

func germanPeople() People {
	return People{
		Title: "%d Personen", TitleOne: "Eine Person", Invite: "Einladen", InviteTitle: "Wer wird eingeladen?",
		Name: "Name", Department: "Abteilung (darf leer bleiben)", Admin: "Darf andere einladen und Geräte sperren",
		AdminMark: "Admin", NoDevice: "noch kein Gerät",
		ThisDevice: "dieses Gerät", Enrolled: "seit %s", AddedBy: "hinzugefügt von %s, %s", Revoked: "gesperrt %s",
		Revoke: "Sperren", RevokeTitle: "%s sperren?",
		RevokeText:   "Ab dem nächsten Kontakt kann es hier weder lesen noch schreiben. %s kann es mit einem neuen Code wieder anmelden.",
		RevokeReason: "Warum? (verloren, gestohlen, verkauft …)",
		RevokeOwn:    "Das ist dieses Gerät hier: Es müsste neu angemeldet werden.",
		InvitedTitle: "Für %s", InvitedText: "Auf der ersten Seite von Tsugi einzugeben; dann gehört das Gerät dieser Person. Der Code gilt einmal.",
		Address: "Adresse", Code: "Code", Expires: "gültig bis %s", CreateCode: "Code erstellen",
		OnlineOnly:    "Codes erstellt der Server, und der ist nicht erreichbar.",
		FurtherDevice: "Gerät hinzufügen", FurtherTitle: "Ein weiteres Gerät von %s",
		OwnName: "Eigener Name …", OwnNameTitle: "Unter welchem Namen?",
		OwnNameText: "Alle lesen ihn, auch bei dem, was vorher geschrieben wurde.", Save: "Speichern",
	}
}

func germanEnrol() Enrol {
	return Enrol{
		Title: "Dem Tsugi der Firma beitreten", Lead: "Mit der Einladung kamen eine Adresse und ein Code. Der Code gilt einmal, für zehn Minuten.",
		Address: "ADRESSE DES SERVERS", AddressField: "https://tsugi.example.com", Code: "CODE", CodeField: "ABCD-EFGH",
		Device: "NAME DIESES GERÄTS", Button: "Gerät anmelden", Busy: "Der Server wird gefragt …",
		Help:       "Kein Code? Admins können einladen. Ein neuer Server nennt beim ersten Start einen.",
		AgainTitle: "Dieses Gerät neu anmelden",
		AgainLead:  "Nötig ist ein neuer Code, ausgestellt für %s: Dann bleibt alles, was auf diesem Gerät liegt, und wird gesendet. Er gilt einmal, für zehn Minuten.",
	}
}

func germanStart() Start {
	return Start{
		Title: "Tsugi kann nicht starten", Quit: "Beenden", Cause: "Ursache: %s",
		NoDisplayWhat: "Es gibt keinen Bildschirm für ein Fenster.", NoDisplaySafe: "Nichts wurde geändert.",
		NoDisplayDo: "Tsugi von einem Desktop aus starten oder in DISPLAY einen erreichbaren X-Bildschirm nennen.",
	}
}
