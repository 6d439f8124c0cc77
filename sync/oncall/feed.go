package oncall

// FeedKind says whose shifts a calendar shows that reads them from the server. The numbers are stored and travel.
type FeedKind uint8

// The kinds.
const (
	OwnShifts   FeedKind = 1 // those of the person whose calendar it is
	OneRotation FeedKind = 2 // everybody's in one rotation
	AllShifts   FeedKind = 3 // everybody's in all rotations
)
