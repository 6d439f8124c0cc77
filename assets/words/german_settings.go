package words

// germanSettings are the faults of the files that say how people are paged. Names of fields stay as they stand in the files.
func germanSettings() map[string]string {
	const (
		firebase = "den Schlüssel in der Firebase-Konsole neu herunterladen"
		omit     = "oder das Feld weglassen"
	)
	return map[string]string{
		"type": "type", "host": "host", "port": "port", "security": "security", "password": "password", "from": "from", "public": "public", "api": "api",
		"account": "account",

		"This server cannot send there yet.":                   "Dieser Server kann dorthin noch nichts senden.",
		"The number or address is kept.":                       "Die Nummer oder Adresse bleibt erhalten.",
		"Ask whoever looks after the server to set it up.":     "Wer den Server betreut, kann es einrichten.",
		"Nobody can be reached there.":                         "Dort ist niemand zu erreichen.",
		"Look whether it is written rightly, and add it anew.": "Nachsehen, ob sie stimmt, und neu hinzufügen.",
		"This server is not set up rightly to send there.":     "Der Server ist nicht richtig eingerichtet, um dorthin zu senden.",
		"Tell whoever looks after the server.":                 "Bescheid geben, wer den Server betreut.",
		"The code could not be sent just now.":                 "Der Code konnte gerade nicht gesendet werden.",
		"Try again in a minute.":                               "In einer Minute noch einmal versuchen.",

		"The file %s is not written as it should be.":                                                                         "Die Datei %s ist nicht so geschrieben, wie sie sein muss.",
		"The settings in %s cannot be used.":                                                                                  "Die Einstellungen in %s sind nicht brauchbar.",
		"Nobody is paged through it.":                                                                                         "Darüber wird niemand alarmiert.",
		"Check its path, and that the server's account may read it.":                                                          "Bitte prüfen, ob der Pfad stimmt und das Konto des Servers sie lesen darf.",
		"Compare it with the example in docs/paging.md.":                                                                      "Mit dem Beispiel in docs/paging.md vergleichen.",
		"Mend these fields, and start the server again; docs/paging.md tells where to find them.":                             "Diese Felder berichtigen und den Server neu starten; docs/paging.md sagt, wo sie zu finden sind.",
		"is no private key: download the key anew from the Firebase console":                                                  "ist kein privater Schlüssel: " + firebase,
		"is empty: download the key anew from the Firebase console":                                                           "ist leer: " + firebase,
		"is no address: download the key anew from the Firebase console":                                                      "ist keine Adresse: " + firebase,
		"is not service_account: take the key of a service account from the Firebase console":                                 "ist nicht service_account: den Schlüssel eines Dienstkontos aus der Firebase-Konsole nehmen",
		"is not AC and 32 digits: copy the Account SID from the Twilio console":                                               "ist nicht AC mit 32 Ziffern: die Account SID aus der Twilio-Konsole kopieren",
		"is missing: copy the Auth Token from the Twilio console":                                                             "fehlt: das Auth Token aus der Twilio-Konsole kopieren",
		"is no number like +4915112345678: take one of the account's, from Phone Numbers":                                     "ist keine Nummer wie +4915112345678: eine des Kontos nehmen, unter Phone Numbers",
		"is not MG and 32 digits: copy the SID of the service, or leave the field out":                                        "ist nicht MG mit 32 Ziffern: die SID des Dienstes kopieren " + omit,
		"is no address like https://api.dublin.ie1.twilio.com: leave the field out for the United States":                     "ist keine Adresse wie https://api.dublin.ie1.twilio.com: für die USA das Feld weglassen",
		"is no address like https://tsugi.example.org: Twilio must reach the server there, or leave the field out":            "ist keine Adresse wie https://tsugi.example.org: Dort muss Twilio den Server erreichen, " + omit,
		"is no address like https://tsugi.example.org: people's browsers must reach the server there, or leave the field out": "ist keine Adresse wie https://tsugi.example.org: Dort müssen Browser den Server erreichen, " + omit,
		"is no name of a mail server, such as smtp.example.org: its port has a field of its own":                              "ist kein Name eines Mailservers wie smtp.example.org: Der Port hat ein eigenes Feld",
		"is no port: it is 465 for tls, and 587 for starttls":                                                                 "ist kein Port: 465 bei tls, 587 bei starttls",
		"is none of tls, starttls and none: write starttls, or tls for port 465":                                              "ist weder tls noch starttls noch none: starttls schreiben, oder tls bei Port 465",
		"is none, which is only for a server on the same machine: write starttls, or tls for port 465":                        "ist none, was nur für einen Server auf demselben Rechner gilt: starttls schreiben, oder tls bei Port 465",
		"must be there when there is a username, and only then":                                                               "gehört zu einem username, und nur dann",
		"is no mailbox, such as Tsugi <tsugi@example.org>":                                                                    "ist kein Postfach wie Tsugi <tsugi@example.org>",
	}
}
