package words

func germanDuty() OnCall {
	o := OnCall{
		Page: "Dienst", Title: "Jetzt in Bereitschaft",
		Always: "immer", Since: "seit %s", Until: "bis %s", From: "ab %s", SinceUntil: "seit %s, bis %s", FromUntil: "%s – %s",
		Days: "%d Tage", DaysHours: "%d Tage %d Std.", HoursMinutes: "%d Std. %d Min.", DayOnly: "%d.",
		MonthsLong: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		Ended:      "beendet", Begins: "beginnt %s", Then: "danach %s", ThenNobody: "danach niemand",
		Nobody: "niemand", FillGap: "Lücke besetzen …", NobodyDo: "Selbst übernehmen oder jemanden wählen.",
		AsOf:     "Stand %s",
		AsOfText: "Der Server ist seit %s nicht erreichbar. So stand es damals auf diesem Gerät; inzwischen kann jemand übernommen haben. Änderungen bleiben hier und werden später gesendet.",
		New:      "Neuer Bereitschaftsplan", Edit: "Ändern",
		Own: "MEINE NÄCHSTEN DIENSTE", OwnNone: "In den nächsten acht Wochen liegt kein eigener Dienst.", OwnNow: "jetzt", OwnAsked: "Vertretung gesucht",
		Asks: "VERTRETUNG GESUCHT", Ask: "%s sucht jemanden: %s, %s", AskOwn: "Eigene Anfrage: %s, %s",
		Week: "Woche", Month: "Monat", Mine: "Meine Dienste", Today: "Heute", Earlier: "Früher", Later: "Später",
		OwnTime: "eigene Zeit", SwitchTheirs: "In %s zeigen", SwitchOwn: "In eigener Zeit zeigen",
		Exceptions: "Ausnahmen", Result: "Bereitschaft", LayerNumber: "Ebene %d",
		ForWhom: "%s für %s", Besides: "%s zusätzlich", Without: "ohne %s", Instead: "wie aufgeschrieben", Wanted: "%s sucht Vertretung",
		ClocksDay: "%s: Zeitumstellung", ClocksShift: "%s statt %s: Zeitumstellung",
		Keys:    "← → Dienst   ·   ↑ ↓ Zeile   ·   Umschalt ← → ↑ ↓ länger oder kürzer   ·   Enter was möglich ist   ·   Bild ↑ ↓ blättert",
		Nothing: "In dieser Zeit hat hier niemand Dienst.", MineEmpty: "Kein Bereitschaftsplan führt hier eigene Dienste.",
		Selected: "Ausgewählt: %s",
		Planned:  "Ab %s: %s", PlannedEnd: "Er endet %s.",
		History: "WER IHN GEÄNDERT HAT", HistoryMore: "Alles zeigen (%d weitere)", HowItIsOrdered: "SO IST ES GEREGELT",
	}
	o.germanDeeds()
	o.germanChanges()
	o.germanOrders()
	o.germanEditor()
	o.germanDid()
	return o
}

func (o *OnCall) germanDeeds() {
	o.TakeNow, o.TakeOver, o.Give, o.TakeOff = "Jetzt von %s übernehmen", "Das von %s übernehmen …", "Jemand anders dient für %s …", "%s vom Dienst nehmen …"
	o.GiveOwn, o.AddSomebody, o.WantCover = "Jemand anders übernimmt meinen Dienst …", "Jemand dient zusätzlich …", "Vertretung suchen …"
	o.GiveCover, o.WithdrawCover, o.TakeBack = "%s vertreten, %s", "Keine Vertretung mehr suchen", "Diese Ausnahme zurücknehmen: %s"
	o.Past = "Das ist vorbei: Was geschehen ist, bleibt, wie es war."
	o.Who, o.FieldFrom, o.FieldUntil, o.Note = "Wer? Name oder Abteilung", "Von", "Bis", "Warum, oder was dann wichtig ist"
	o.WhoMissing = "Jemanden wählen."
	o.Do, o.DoAsk, o.DoBack = "Speichern", "Anfragen", "Zurücknehmen"
	o.DeedsTitle = "Was soll geschehen? %s"
	o.MomentWrong, o.ClockWrong = "Eine Zeit sieht so aus: 15:04, oder mit Tag 31.1.2026 15:04.", "Stunden sehen so aus: 09:00 und 17:00."
	o.DaysWrong, o.NumberWrong = "Mindestens einen Tag wählen.", "Eine ganze Zahl schreiben."
	o.DialogOffline = "Der Server ist nicht erreichbar: Das bleibt hier und gilt, sobald es gesendet ist."
	o.PaletteTake, o.PaletteAsk = "Jetzt übernehmen: %s", "Vertretung suchen: %s"
	o.PaletteGo, o.PaletteNew, o.PaletteAlso, o.NewAlso = "Sehen, wer Bereitschaft hat", "Einen Bereitschaftsplan anlegen …", "bereitschaft dienst schicht plan kalender rufbereitschaft on call", "neu anlegen plan bereitschaft schicht dienst rotation"
	o.PaletteEdit, o.PaletteWeek, o.PaletteMonth = "Den Bereitschaftsplan %s ändern …", "Kalender: Woche", "Kalender: Monat"
	o.PaletteMine, o.PaletteToday = "Kalender: meine Dienste", "Kalender: heute"
	o.NoShiftToGive, o.All, o.NobodyElse = "Es gibt keinen eigenen Dienst abzugeben.", "Alle", "Sonst ist niemand zu wählen."
}

func (o *OnCall) germanChanges() {
	o.Changes, o.NothingMoves = "WAS SICH DAMIT ÄNDERT", "In den nächsten acht Wochen haben dieselben Personen Bereitschaft."
	o.PastStays = "Was schon geschehen ist, bleibt, wie es war."
	o.BeginsNow, o.BeginsAt = "Es gilt sofort.", "Es gilt ab %s."
	o.Line, o.Arrow, o.More = "%s", "%s → %s", "und %d weitere in acht Wochen"
	o.GapArises, o.MoreGaps = "Niemand hätte Bereitschaft:", "und noch %d-mal"
	o.Gains, o.Loses = "%s: %s mehr", "%s: %s weniger"
	o.Times, o.Reading = "%s, %d-mal", "Es wird nachgesehen, was sich ändert …"
	o.WarnNobody = "Niemand hat Bereitschaft: %s."
	o.WarnNobodyOne, o.WarnNobodyMore = "So ist es in acht Wochen noch einmal.", "So ist es in acht Wochen noch %d-mal."
	o.WarnZone = "Dieses Gerät kennt die Zeitzone %s nicht und richtet sich nach UTC."
	o.WarnLayer, o.WarnPlace = "Durch die Ebene %s kann niemand Bereitschaft haben.", "Die Ebene %s hat eine Reihe, in der niemand Dienst hat."
	o.WarnNever, o.WarnGone = "Die Ebene %s endet, bevor sie beginnt.", "%s ist eingeteilt, aber nicht mehr hier."
	o.WarnReplaced, o.WarnOther = "Eine Ausnahme ersetzt %s, ohne dass da ein Dienst wäre.", "Etwas ist seltsam, das diese Version nicht kennt."
	o.Incomplete = "Sobald alles ausgefüllt ist, steht hier, was sich ändert."
}

func (o *OnCall) germanOrders() {
	o.TakeTurns, o.OneServes = "%s wechseln sich %s ab, Übergabe %s (%s).", "%s hat immer Bereitschaft."
	o.ManyServe, o.OneAtHours, o.ManyAtHours = "%s haben immer gemeinsam Bereitschaft.", "%s hat Bereitschaft: %s (%s).", "%s haben gemeinsam Bereitschaft: %s (%s)."
	o.NobodyTurns, o.OnlyHours = "Niemand wechselt sich ab.", "Nur %s."
	o.LayerSays, o.Together, o.StepsIn = "%s: %s", "gleichzeitig: %s", "wo darüber niemand Dienst hat: %s"
	o.EveryHour, o.EveryHours, o.EveryDay, o.EveryDays = "stündlich", "alle %d Stunden", "täglich", "alle %d Tage"
	o.EveryWeek, o.EveryWeeks, o.EveryMonth, o.EveryMonths = "wöchentlich", "alle %d Wochen", "monatlich", "alle %d Monate"
	o.EveryYear, o.EveryYears = "jährlich", "alle %d Jahre"
	o.AtClock, o.OnDay, o.OnWeekday = "um %s", "am %d. um %s", "am %s um %s"
	o.DaysAt, o.Daily = "%s %s–%s", "täglich"
}

func (o *OnCall) germanEditor() {
	o.NewTitle, o.EditTitle = "Ein neuer Bereitschaftsplan", "%s ändern"
	o.Lead = "Wer wechselt sich ab? Daraus ergeben sich die Dienste, und was geschehen ist, ändert sich nie."
	o.Name, o.NameHint, o.Zone, o.ZoneHint = "NAME", "IMOC, Technik, Recht …", "ZEITZONE", "Europe/Berlin"
	o.WhoTurns, o.WhoTurnsHint, o.AddPerson, o.TurnNumber = "WER SICH ABWECHSELT", "In dieser Reihenfolge, immer wieder.", "Person nach Name oder Abteilung hinzufügen", "%d"
	o.And, o.Up, o.TakeOut, o.Together2 = "und", "Früher", "%s herausnehmen", "Gemeinsam mit der Reihe darüber"
	o.Every, o.HandOver, o.HandOverHint = "EINE REIHE DAUERT", "ÜBERGABE", "Eine der Übergaben; die anderen liegen davor und danach."
	o.UnitHour, o.UnitDay, o.UnitWeek, o.UnitMonth, o.UnitYear = "Stunden", "Tage", "Wochen", "Monate", "Jahre"
	o.HoursLimit, o.HoursOn, o.HoursFrom, o.HoursUntil = "Nur zu bestimmten Stunden", "STUNDEN", "09:00", "17:00"
	o.AddHours, o.RemoveHours = "Weitere Stunden", "Diese Stunden entfernen"
	o.LayerName, o.LayerNameHint = "WIE DIESE EBENE HEISST", "werktags, nachts, Reserve … (darf leer bleiben)"
	o.AddLayer, o.DropLayer = "Ebene hinzufügen", "Diese Ebene entfernen"
	o.RankSteps, o.RankBeside = "Springt ein, wo darüber niemand Dienst hat", "Dient gleichzeitig mit der Ebene darüber"
	o.BeginHead, o.BeginSoft, o.BeginAtField = "AB WANN", "Sobald es niemandem den Dienst nimmt", "Ab diesem Zeitpunkt: 31.1.2026 15:04"
	o.Save, o.Create, o.End = "Speichern", "Anlegen", "Diesen Plan beenden …"
	o.EndTitle, o.EndText, o.EndYes = "%s beenden?", "Sobald der jetzige Dienst übergeben würde, hat hier niemand mehr Bereitschaft. Was geschehen ist, bleibt, und der Plan lässt sich wieder aufnehmen.", "Beenden"
	o.EmptyTitle = "Noch wechselt sich niemand ab"
	o.EmptyText = "Ein Bereitschaftsplan sagt, wer wann Dienst hat: „Ana, Ben und Chen wechseln sich wöchentlich ab, Übergabe am Montag um 09:00.“ " +
		"Dann steht hier und in der Übersicht, wer jetzt Bereitschaft hat, auch ohne Netz, und Dienste lassen sich im Kalender tauschen."
	o.EmptyButton = "Den ersten Plan anlegen"
	o.TheirOrder, o.YourOrder = "die andere Ordnung", "die eigene Ordnung"
	o.DropTitle, o.DropText, o.DropYes = "Gehen, ohne zu speichern?", "Was ausgefüllt wurde, geht verloren.", "Gehen"
	o.CopyOnly = "Aus der Kopie auf diesem Gerät; der Server wurde nicht gefragt."
	o.TakeAShift, o.TakeNobody, o.CoverShort = "Einen Dienst übernehmen", "Sonst hat jetzt niemand Bereitschaft.", "Übernehmen"
}

func (o *OnCall) germanDid() {
	o.DidCreate, o.DidRename = "hat %s angelegt. %s", "hat den Plan %s genannt"
	o.DidOrder, o.DidEnd = "hat den Plan ab %s neu geregelt. %s", "hat den Plan ab %s beendet"
	o.DidTakeBack, o.DidAsk = "hat eine Ausnahme ab %s zurückgenommen", "sucht Vertretung, %s"
	o.DidWithdraw, o.DidOther = "sucht keine Vertretung mehr", "hat etwas getan, das diese Version nicht kennt"
	o.DidCover, o.DidTake = "vertritt %s, %s", "hat von %s übernommen, %s"
	o.DidReplace, o.DidAdd, o.DidRemove = "hat %[2]s statt %[1]s eingeteilt, %[3]s", "hat %s zusätzlich eingeteilt, %s", "hat %s vom Dienst genommen, %s"
	o.DidInstead = "hat aufgeschrieben, wer Dienst hat, %s"
	o.WishOrder, o.WishEnd = "hat den Plan neu geregelt. %s", "hat den Plan beendet"
	o.WishTakeBack, o.WishCover, o.WishTake = "hat eine Ausnahme zurückgenommen", "hat Vertretung angeboten", "hat von %s übernommen"
	o.Board, o.BoardNobody = "JETZT IN BEREITSCHAFT", "niemand!"
	o.BoardNone, o.BoardTeach = "Noch wechselt sich niemand ab.", "Sagen, wer Bereitschaft hat"
}
