package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Seal is whom a backup is for. The zero value seals nothing.
type Seal struct {
	Recipients []string // age1…
	Passphrase string   // in place of recipients
}

// sealer returns how the backup is to be sealed, and for whom. It fails with an Invalid fault.
func (s Seal) sealer() (Sealing, []age.Recipient, error) {
	switch {
	case s.Passphrase != "" && len(s.Recipients) > 0:
		return Open, nil, fault.New(fault.Invalid, "A backup is sealed for recipients or with a passphrase, not both.").
			WithAdvice("Nothing was written.", "Leave one of them out.")
	case s.Passphrase != "":
		r, err := age.NewScryptRecipient(s.Passphrase)
		if err != nil {
			return Open, nil, fmt.Errorf("take the passphrase: %w", err)
		}
		return WithPassphrase, []age.Recipient{r}, nil
	case len(s.Recipients) == 0:
		return Open, nil, nil
	}
	var all []age.Recipient
	for _, text := range s.Recipients {
		r, err := recipient(text)
		if err != nil {
			return Open, nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%q is no recipient.", text), err).
				WithAdvice("Nothing was written.", "A recipient begins with age1; age-keygen makes one.")
		}
		all = append(all, r)
	}
	return WithKeys, all, nil
}

func recipient(text string) (age.Recipient, error) {
	found, err := age.ParseRecipients(strings.NewReader(text))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("it names %d", len(found))
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Keys open a sealed backup. The zero value opens those that are not sealed.
type Keys struct {
	Identities []byte // an age identity file's content
	Passphrase string
}

// unseal returns what is sealed in the rest of a backup. It fails with an Unauthenticated fault where no key fits.
func (k Keys) unseal(how Sealing, in io.Reader) (io.Reader, error) {
	if how == Open {
		return in, nil
	}
	identities, err := k.identities(how)
	if err != nil {
		return nil, err
	}
	out, err := age.Decrypt(in, identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		what, do := "None of these keys opens the backup.", "Take the identity file of one of those whom it was sealed for."
		if how == WithPassphrase {
			what, do = "The passphrase does not open the backup.", "Check the passphrase file; its first line is taken."
		}
		return nil, fault.Wrap(fault.Unauthenticated, what, err).WithAdvice("Nothing was changed.", do)
	}
	if err != nil {
		return nil, broken(err)
	}
	return out, nil
}

func (k Keys) identities(how Sealing) ([]age.Identity, error) {
	if how == WithPassphrase {
		if k.Passphrase == "" {
			return nil, fault.New(fault.Unauthenticated, "The backup is sealed with a passphrase.").
				WithAdvice("Nothing was changed.", "Name a file that holds it with --passphrase-file.")
		}
		i, err := age.NewScryptIdentity(k.Passphrase)
		if err != nil {
			return nil, fmt.Errorf("take the passphrase: %w", err)
		}
		return []age.Identity{i}, nil
	}
	if len(k.Identities) == 0 {
		return nil, fault.New(fault.Unauthenticated, "The backup is sealed with age.").
			WithAdvice("Nothing was changed.", "Name the file of a key that opens it with --identity.")
	}
	all, err := age.ParseIdentities(bytes.NewReader(k.Identities))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The identity file cannot be read.", err).
			WithAdvice("Nothing was changed.", "It has a line that begins with AGE-SECRET-KEY-1, as age-keygen writes it.")
	}
	return all, nil
}

// ReadPassphrase returns the first line of the file at path. It fails with a NotFound fault, or an Invalid one
// where that line is empty.
func ReadPassphrase(path string) (string, error) {
	raw, err := readSecret(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fault.New(fault.Invalid, fmt.Sprintf("The first line of %s is empty.", path)).
			WithAdvice("Nothing was written.", "Put the passphrase there.")
	}
	return line, nil
}

// ReadIdentities returns the content of an age identity file. A missing one is a NotFound fault.
func ReadIdentities(path string) ([]byte, error) { return readSecret(path) }

// maxSecret is how many bytes of a file with keys are read.
const maxSecret = 1 << 20

func readSecret(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err == nil {
		defer file.Close() //nolint:errcheck // it was only read
		var raw []byte
		if raw, err = io.ReadAll(io.LimitReader(file, maxSecret)); err == nil {
			return raw, nil
		}
	}
	return nil, fault.Wrap(fault.NotFound, fmt.Sprintf("The file %s cannot be read.", path), err).
		WithAdvice("Nothing was changed.", "Check its name and who may read it.")
}
