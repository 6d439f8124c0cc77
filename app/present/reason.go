package present

import "github.com/tsugi-app/tsugi/assets/words"

// ReasonWords says why a channel failed, in the numbers by which servers tell it. It is empty for a reason of a later version.
func ReasonWords(reason uint8, w words.Reasons) string {
	return map[uint8]string{
		1: w.Accepted, 2: w.Arrived, 3: w.PickedUp, 4: w.NotDelivered, 5: w.Unanswered, 6: w.Busy,
		16: w.Acknowledged, 17: w.TooLate, 18: w.CalledOff, 19: w.Muted, 20: w.NoAddress, 21: w.SentBefore, 22: w.Throttled, 23: w.NoProvider,
		32: w.AddressDead, 33: w.InstallationWrong, 34: w.AskedToWait, 35: w.NotReached, 36: w.Refused, 37: w.GaveUp,
	}[reason]
}
