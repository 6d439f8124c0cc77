package words

// germanBackup are the faults of copying and checking a server's database.
func germanBackup() map[string]string {
	return map[string]string{
		"There is no log in this database.":   "In dieser Datenbank ist kein Protokoll.",
		"Check that it is a server's.":        "Nachsehen, ob es die eines Servers ist.",
		"The file %s cannot be read.":         "Die Datei %s ist nicht lesbar.",
		"Check its name and who may read it.": "Nachsehen, wie sie heißt und wer sie lesen darf.",
		"The file %s cannot be made.":         "Die Datei %s ist nicht anzulegen.",
		"Check that its folder exists, belongs to you and is not on a full or read-only disk.": "Nachsehen, ob es ihren Ordner gibt, " +
			"wem er gehört und ob der Datenträger voll oder schreibgeschützt ist.",
	}
}
