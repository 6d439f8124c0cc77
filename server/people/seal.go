package people

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Seal closes the server's keys in a database that others can read: in its backups, its journal, its standbys. Whoever has only those has no
// keys. A nil Seal leaves them as they are.
type Seal struct{ key tink.AEAD }

// NewSealKey returns the text of a new key for OpenSeal. It is not to be kept where the database is.
func NewSealKey() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make a seal key: %w", err)
	}
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return nil, fmt.Errorf("write a seal key: %w", err)
	}
	return append(bytes.TrimSpace(text.Bytes()), '\n'), nil
}

// OpenSeal reads a key, a JSON keyset of Tink's with authenticated encryption: what NewSealKey made, or Tink's own tool. It fails with
// Invalid faults.
func OpenSeal(text []byte) (*Seal, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, badSealKey(err)
	}
	key, err := aead.New(handle)
	if err != nil {
		return nil, badSealKey(err)
	}
	return &Seal{key: key}, nil
}

func badSealKey(cause error) error {
	return fault.Wrap(fault.Invalid, "The seal key cannot be read.", cause).
		WithAdvice("Nothing was changed.", "Make one with tsugid seal-key, and keep it apart from the database.")
}

// close returns secret as it is stored, which opens for this purpose and time only.
func (s *Seal) close(purpose string, created time.Time, secret []byte) ([]byte, error) {
	sealed, err := s.key.Encrypt(secret, sealedFor(purpose, created))
	if err != nil {
		return nil, fmt.Errorf("seal the %s key: %w", purpose, err)
	}
	return sealed, nil
}

// open returns what close was given. It fails with Invalid faults.
func (s *Seal) open(purpose string, created time.Time, sealed []byte) ([]byte, error) {
	if s == nil {
		return nil, fault.New(fault.Invalid, "The server's keys are sealed, and no seal key was given.").WithAdvice("Nothing was changed.", giveSealKey)
	}
	secret, err := s.key.Decrypt(sealed, sealedFor(purpose, created))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The server's keys do not open with this seal key.", err).WithAdvice("Nothing was changed.", giveSealKey)
	}
	return secret, nil
}

const giveSealKey = "Start the server with --seal-key and the file that they were sealed with."

// sealedFor is what a sealed key is bound to, so that nobody passes one off as another.
func sealedFor(purpose string, created time.Time) []byte {
	return binary.BigEndian.AppendUint64([]byte("tsugi secret_key\x00"+purpose+"\x00"), uint64(created.UnixMicro()))
}
