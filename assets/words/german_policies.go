package words

func germanPolicies() Policies {
	p := Policies{
		Page: "Alarme", Title: "Wer alarmiert wird, und in welcher Reihenfolge",
		Lead: "Eine Alarmkette sagt, wen ein Vorfall erreicht und wer als Nächstes dran ist, wenn niemand antwortet.",
		New:  "Neue Alarmkette", Edit: "Ändern", ListHead: "DIE ALARMKETTEN",
		NewTitle: "Eine neue Alarmkette", EditTitle: "%s ändern", EditLead: "Wen erreicht sie zuerst, und wie lange wird auf Antwort gewartet, bis die Nächsten dran sind?",
		EmptyTitle: "Noch keine Alarmkette",
		EmptyText: "Eine Alarmkette liest sich wie ein Satz: „Zuerst alarmieren: wer in Zahlungen Bereitschaft hat. Antwortet 5 Minuten lang niemand, dann Ana. Danach einmal von vorn.“ " +
			"Bis es eine gibt, erreicht ein Vorfall, wer als IMOC Bereitschaft hat, und wenn das niemand ist, die Admins.",
		EmptyButton: "Die erste Alarmkette schreiben",
		Retired:     "NICHT MEHR IN KRAFT", RetiredLead: "Nach diesen wird niemand mehr alarmiert.", TakeUp: "Wieder aufnehmen",
		Reaches: "Für %s", ReachesNone: "Für keinen Schweregrad",
		RolesHead: "WER WELCHE ROLLE BEKOMMT", RolesText: "Beginnt ein Vorfall, bekommt die Rolle, wer Bereitschaft hat.",
		RouteHead: "WELCHE VORFÄLLE WEN ERREICHEN", RouteText: "Hier ändern: Es gilt ab jetzt für neue Vorfälle.",
		RouteDefault: "wer als IMOC Bereitschaft hat, sonst die Admins", RouteAdmins: "die Admins", RouteGone: "eine Alarmkette, die nicht mehr gilt",
		RouteQuiet: "nachts klingelt nichts", RouteNone: "Keine Alarmkette", BeQuiet: "Nachts nicht klingeln", BeLoud: "Auch nachts klingeln",
		RoleNone: "niemand von selbst",
		Go:       "Alarmketten ansehen", Write: "Alarmkette schreiben …", Also: "eskalation alarmkette alarmieren stufen reihenfolge", NewAlso: "anlegen neu eskalation alarmkette",
		EditCommand: "Alarmkette %s ändern …",
		AsOf:        "Der Server ist seit %s nicht erreichbar. So stand es damals auf diesem Gerät. Änderungen bleiben hier und werden später gesendet.",
		Name:        "NAME", NameHint: "Läden stehen still, Zahlungen, nachts …",
		Rotation: "Bereitschaftsplan", Person: "Person",
	}
	p.germanForm()
	p.germanSentences()
	p.germanWarnings()
	return p
}

func (p *Policies) germanForm() {
	p.Step, p.StepFirst, p.Wait, p.WaitUnit = "STUFE %d", "STUFE 1: SOFORT", "Auf Antwort warten", "Minuten"
	p.AddTarget, p.TakeOut = "Bereitschaftsplan oder Person hinzufügen", "%s herausnehmen"
	p.Up, p.Down, p.Drop, p.AddStep = "Früher", "Später", "Diese Stufe entfernen", "Stufe hinzufügen"
	p.Repeats, p.RepeatsHint = "VON VORN", "Wie oft, von 0 bis 9, wenn niemand geantwortet hat"
	p.Save, p.Create, p.Retire = "Speichern", "Anlegen", "Außer Kraft setzen …"
	p.RetireTitle, p.RetireText = "%s außer Kraft setzen?", "Schweregrade, die danach gehen, erreichen dann, wer als IMOC Bereitschaft hat, sonst die Admins. Was schon läuft, läuft weiter, und die Alarmkette lässt sich wieder aufnehmen."
	p.RetireYes = "Außer Kraft setzen"
	p.MinutesWrong, p.RepeatsWrong = "Minuten als Zahl schreiben, von 1 bis 1440.", "Eine ganze Zahl von 0 bis 9 schreiben."
	p.NightLead = "Wenn dann ein Vorfall begänne und niemand antwortete:"
	p.ForHead = "FÜR WELCHE VORFÄLLE"
	p.Says, p.NightHead, p.NightNow, p.Moment = "WAS SIE SAGT", "WER ALARMIERT WÜRDE", "jetzt", "Beginn: 15:04 oder 2006-01-02 15:04"
	p.Incomplete = "Sobald sie ausgefüllt ist, steht hier, wer wann alarmiert wird."
}

func (p *Policies) germanSentences() {
	p.Whoever, p.UnknownRotation, p.Nobody = "wer in %s Bereitschaft hat", "einem unbekannten Plan", "niemand"
	p.First, p.Then = "Zuerst alarmieren: %s.", "Antwortet %s lang niemand, dann: %s."
	p.OverOnce, p.OverTimes = "Antwortet %s lang niemand, noch einmal von vorn.", "Antwortet %s lang niemand, wieder von vorn, bis zu %d-mal."
	p.AtLast = "Hat auch danach %s lang niemand geantwortet, wird niemand mehr alarmiert: Der Vorfall sagt es in Rot."
	p.NobodyAtAll = "Erreicht keine Stufe jemanden, werden die Admins alarmiert."
	p.Minute, p.Minutes, p.Hour, p.Hours = "eine Minute", "%s Minuten", "eine Stunde", "%d Stunden"
	p.Falls, p.FallsAgain = "%s", "%s, noch einmal"
	p.Skipped, p.Admins = "Stufe %d erreicht niemanden: sofort die nächste", "%s als Admin: Keine Stufe erreicht jemanden"
	p.Ends, p.More = "Niemand ist mehr übrig. Der Vorfall sagt, dass niemand geantwortet hat.", "und %d weitere Zeilen"
}

func (p *Policies) germanWarnings() {
	p.WarnStep, p.WarnStepLater = "Stufe %d erreicht jetzt niemanden: Sie wird übersprungen.", "Stufe %d erreicht ab %s niemanden: Dann wird sie übersprungen."
	p.WarnRotation, p.WarnRotationGap = "In %s hat jetzt niemand Bereitschaft.", "In %s hat niemand Bereitschaft: %s."
	p.WarnRotationGone, p.WarnRotationEnded = "Sie nennt einen Bereitschaftsplan, den dieses Gerät nicht kennt.", "Der Bereitschaftsplan %s ist beendet."
	p.WarnUnreached, p.WarnGone = "%s ist über nichts zu erreichen.", "Sie nennt jemanden, der nicht mehr hier ist."
	p.WarnOnlyOpen = "Nur die offene App erreicht %s: Ist sie zu, klingelt nichts."
	p.WarnOnlyMail = "Nur E-Mail erreicht %s: Das klingelt nicht."
	p.WarnCircle = "Stufe %d erreicht jetzt niemand Neuen: Alle darin wurden schon alarmiert."
	p.WarnNowhere = "Keine Stufe erreicht jetzt jemanden: Alarmiert würden nur die Admins."
	p.WarnNobody = "Keine Stufe erreicht jetzt jemanden, und auch kein Admin ist zu erreichen: Niemand würde alarmiert."
	p.WarnQuiet = "Für %s klingelt nachts nichts: Es wartet, bis jemand nachsieht."
	p.WarnUnrouted = "Kein Schweregrad geht danach: Sie alarmiert niemanden."
	p.WarnSeverity = "%s hat keine Alarmkette: Antwortet nicht, wer als IMOC Bereitschaft hat, kommt niemand mehr."
	p.WarnSeverityNone = "%s hat keine Alarmkette und IMOC keinen Bereitschaftsplan: Alarmiert werden nur die Admins."
	p.WarnSeverityGone = "%s geht nach einer Alarmkette, die nicht mehr gilt: Es ist, als hätte er keine."
	p.WarnNoAdmins = "Kein Admin ist zu erreichen: Erreicht keine Stufe jemanden, wird niemand alarmiert."
}
