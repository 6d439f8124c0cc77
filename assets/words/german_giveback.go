package words

// germanGiveBack are the faults of giving back to a restored server what it lacks.
func germanGiveBack() map[string]string {
	return map[string]string{
		"Nothing was given back.":                                       "Es wurde nichts zurückgegeben.",
		"What is given back together belongs to one stream.":            "Was zusammen zurückgegeben wird, gehört zu einem Strom.",
		"Only incidents and the records of people are given back.":      "Zurückgegeben werden nur Vorfälle und die Einträge von Personen.",
		"What was given back is not as this server wrote it.":           "Was zurückgegeben wurde, ist nicht so, wie dieser Server es geschrieben hat.",
		"Nothing of it was taken.":                                      "Nichts davon wurde übernommen.",
		"Tell your admin, and keep this device's data folder as it is.": "Den Admins Bescheid geben und den Datenordner dieses Geräts lassen, wie er ist.",
		"This server does not take back any more what it may lack.":     "Dieser Server nimmt nicht mehr zurück, was ihm fehlen mag.",
		"What was taken within 14 days of the restore is there.":        "Was in den 14 Tagen nach der Wiederherstellung zurückkam, ist da.",
		"Write what is missing anew.":                                   "Was fehlt, bitte neu schreiben.",
		"What comes before this is missing.":                            "Was davor kommt, fehlt.",
	}
}
