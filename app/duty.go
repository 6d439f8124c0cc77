package app

import (
	"github.com/tsugi-app/tsugi/app/oncall"
	"github.com/tsugi-app/tsugi/app/palette"
	"github.com/tsugi-app/tsugi/app/policy"
)

// duty returns the page of who is on call.
func (d *Desk) duty() *oncall.Page {
	p, _ := d.pages[onDuty].(*oncall.Page)
	return p
}

// newRotation shows the form for a rotation that is not there yet.
func (d *Desk) newRotation() {
	d.Open(onDuty)
	d.duty().Create()
}

// dutyCommands returns what can be done on the page of who is on call, where that is shown.
func (d *Desk) dutyCommands() []palette.Command {
	if d.at != onDuty {
		return nil
	}
	var out []palette.Command
	for _, a := range d.duty().Actions() {
		out = append(out, palette.Command{Key: a.Key, Icon: a.Icon, Words: a.Words, Also: a.Also, Do: a.Do})
	}
	return out
}

// policies returns the page of whom incidents reach.
func (d *Desk) policies() *policy.Page {
	p, _ := d.pages[onPolicy].(*policy.Page)
	return p
}

// newPolicy shows the form for an escalation policy that is not there yet.
func (d *Desk) newPolicy() {
	d.Open(onPolicy)
	d.policies().Create()
}

// policyCommands returns what can be done on the page of whom incidents reach, where that is shown.
func (d *Desk) policyCommands() []palette.Command {
	if d.at != onPolicy {
		return nil
	}
	var out []palette.Command
	for _, a := range d.policies().Actions() {
		out = append(out, palette.Command{Key: a.Key, Icon: a.Icon, Words: a.Words, Do: a.Do})
	}
	return out
}
