package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// Settings are what the file of one provider holds.
type Settings interface {
	// Check notes every field that cannot be used, by its name in the file, and what to do about it.
	Check(c *fault.Check)
}

// ReadSettings reads the file of one provider, in JSON, and checks it. Fields that it does not know are refused unless lenient, so that a
// slip of the pen is no setting left out. It fails with Invalid faults that name the file, all faulty fields, and what to do.
func ReadSettings(file string, into Settings, lenient bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be read.", file), err).
			WithAdvice(unused, "Check its path, and that the server's account may read it.")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if !lenient {
		decoder.DisallowUnknownFields()
	}
	err = decoder.Decode(into)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows behind its end")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s is not written as it should be.", file), err).
			WithAdvice(unused, "Compare it with the example in docs/paging.md.")
	}
	var check fault.Check
	into.Check(&check)
	err = check.Err(fmt.Sprintf("The settings in %s cannot be used.", file))
	if f := fault.Find(err); f != nil {
		return f.WithAdvice(unused, "Mend these fields, and start the server again; docs/paging.md tells where to find them.")
	}
	return err
}

const unused = "Nobody is paged through it."
