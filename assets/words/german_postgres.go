package words

// germanPostgres are the faults of a server's database on PostgreSQL.
func germanPostgres() map[string]string {
	return map[string]string{
		"The database is not reached.": "Die Datenbank ist nicht erreichbar.",
		"Check that PostgreSQL runs and can be reached; the server goes on by itself.": "Nachsehen, ob PostgreSQL läuft und erreichbar ist; " +
			"der Server macht von selbst weiter.",
		"The server does not reach its database.":                                   "Der Server erreicht seine Datenbank nicht.",
		"The database's disk is full.":                                              "Der Datenträger der Datenbank ist voll.",
		"Free some space there and try again.":                                      "Dort Platz schaffen und noch einmal versuchen.",
		"The database takes no changes now: it is a standby.":                       "Die Datenbank nimmt keine Änderungen an: Sie ist nur eine Kopie in Bereitschaft.",
		"Name the primary, or add target_session_attrs=read-write to its address.":  "Den Hauptserver nennen, oder der Adresse target_session_attrs=read-write anfügen.",
		"The database does not let the server in.":                                  "Die Datenbank lässt den Server nicht ein.",
		"Check the name, the password and the rights in the database's address.":    "Name, Passwort und Rechte in der Adresse der Datenbank prüfen.",
		"The database is damaged.":                                                  "Die Datenbank ist beschädigt.",
		"Look into PostgreSQL's own log, and restore its last backup.":              "In das Protokoll von PostgreSQL sehen und seine letzte Sicherung zurückspielen.",
		"The data was written by a newer version (%d; this one knows %d).":          "Die Daten sind von einer neueren Version (%d; diese kennt %d).",
		"Start the newer version, or take another database.":                        "Die neuere Version starten oder eine andere Datenbank nehmen.",
		"The address of the database cannot be read.":                               "Die Adresse der Datenbank ist unverständlich.",
		"Write it as postgres://person:password@host:5432/name.":                    "So schreiben: postgres://person:password@host:5432/name.",
		"The database was put back to a former state under a server that runs.":     "Die Datenbank ist unter einem laufenden Server auf einen früheren Stand gebracht worden.",
		"What was answered before is in the clients, which give it back.":           "Was schon beantwortet war, haben die Geräte; sie bringen es zurück.",
		"Start all servers on it anew.":                                             "Alle Server dieser Datenbank neu starten.",
		"The data of the folder %s were moved to PostgreSQL.":                       "Die Daten des Ordners %s sind nach PostgreSQL umgezogen.",
		"Start the server with --database and the address that they were moved to.": "Den Server mit --database und der Adresse starten, an die sie umgezogen sind.",
		"A server on PostgreSQL is not backed up this way.":                         "Ein Server mit PostgreSQL wird so nicht gesichert.",
		"The seal key cannot be read.":                                              "Der Siegelschlüssel ist unlesbar.",
		"Make one with tsugid seal-key, and keep it apart from the database.":       "Einen mit tsugid seal-key machen und getrennt von der Datenbank aufbewahren.",
		"The server's keys are sealed, and no seal key was given.":                  "Die Schlüssel des Servers sind versiegelt, und kein Siegelschlüssel ist angegeben.",
		"The server's keys do not open with this seal key.":                         "Die Schlüssel des Servers öffnen sich mit diesem Siegelschlüssel nicht.",
		"Start the server with --seal-key and the file that they were sealed with.": "Den Server mit --seal-key und der Datei starten, mit der sie versiegelt wurden.",
		"Only the keys of a server on PostgreSQL can be sealed.":                    "Nur die Schlüssel eines Servers mit PostgreSQL lassen sich versiegeln.",
		"Start it without --seal-key, or with --database.":                          "Ohne --seal-key starten, oder mit --database.",
		"Nothing was written.":                                                      "Nichts ist geschrieben worden.",
		"Use pg_dump, or what your PostgreSQL is backed up with; docs/postgresql.md tells how.": "pg_dump nehmen, oder womit PostgreSQL sonst gesichert wird; " +
			"docs/postgresql.md sagt wie.",
	}
}
