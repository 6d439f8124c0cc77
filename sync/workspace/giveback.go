package workspace

// RecordGivenBack says that the actor gave back what a restored server lacked of a person's record: the events from First
// up to the one before this.
type RecordGivenBack struct {
	personFact
	First uint64 // stream_seq of the first of them
}

// Belated reports whether an event of a person's record that a restored log was given back says anything that is not so
// already.
func Belated(p Person, e PersonEvent) bool {
	switch e := e.(type) {
	case PersonAdded:
		return p.Seq == 0
	case DeviceEnrolled:
		_, known := p.Device(e.Device)
		return !known
	case ReachableThrough:
		return false // of how it reaches people a server believes its own rows alone
	case DeviceRevoked:
		d, known := p.Device(e.Device)
		return !known || d.Revoked.IsZero()
	default:
		return true
	}
}
