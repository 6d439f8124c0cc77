package sim

import (
	"errors"

	"github.com/tsugi-app/tsugi/sync/fault"
)

// errPower is what a store returns when the power failed: nobody lives to see it, whoever meets it unwinds.
var errPower = errors.New("the power failed")

// disk is a device's. It does what is asked until it is told to fail.
type disk struct {
	after  int  // how many more writes go well
	armed  bool // whether the one behind them fails
	full   bool // it is refused, and the process goes on; else the power fails
	behind bool // the power fails when it has been written
	failed func(full bool)
}

// write does one transaction, or fails before or behind it.
func (d *disk) write(do func()) error {
	if !d.armed {
		do()
		return nil
	}
	if d.after > 0 {
		d.after--
		do()
		return nil
	}
	d.armed = false
	d.failed(d.full)
	if d.full {
		return fault.New(fault.Storage, "The disk is full.")
	}
	if d.behind {
		do()
	}
	return errPower
}
