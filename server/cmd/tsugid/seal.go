package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/tsugi-app/tsugi/server/people"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// seal reads the seal key that was named; nil without one.
func (p *program) seal() (*people.Seal, error) {
	if p.sealing == "" {
		return nil, nil //nolint:nilnil // there need not be one
	}
	text, err := os.ReadFile(p.sealing)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The file of the seal key cannot be read.", err).
			WithAdvice("Nothing was changed.", "Check its name and who may read it.")
	}
	return people.OpenSeal(text)
}

// sealKeyCommand makes a seal key.
type sealKeyCommand struct {
	File string `arg:"" help:"The new file." type:"path"`
}

// Help is told by --help.
func (sealKeyCommand) Help() string {
	return `Give the file to every server with --seal-key; at their next start the keys in PostgreSQL are sealed with it. Keep a copy that is neither
beside the database nor in its backups: without it no server starts on that database again.`
}

// Run makes it. A file that is there is left alone.
func (c sealKeyCommand) Run(*program) error {
	text, err := people.NewSealKey()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.Write(text)
		err = errors.Join(err, file.Sync(), file.Close())
	}
	if err != nil {
		return fault.Wrap(fault.Storage, "The seal key cannot be written.", err).
			WithAdvice("A file that was there was not changed.", "Name a new file in a folder that is there.")
	}
	fmt.Printf("The seal key is in %s. Keep a copy apart from the database: without it no server starts there again.\n", c.File)
	return nil
}
