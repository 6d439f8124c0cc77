package wire

import (
	"google.golang.org/protobuf/proto"

	v1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/stream"
)

// giftField is the number of the records in GiveBackRequest.
const giftField = 2

// EncodeGift returns an event as it is kept to be given back: any number of them, one behind another, are the records of a
// request.
func EncodeGift(s stream.Stored) []byte { return AppendRecord(nil, giftField, s) }

// DecodeGift reads what EncodeGift wrote, one or many. It returns a Corrupt fault for what is malformed.
func DecodeGift(raw []byte) ([]stream.Stored, error) {
	m := &v1.GiveBackRequest{}
	if err := proto.Unmarshal(raw, m); err != nil {
		return nil, damaged("events", err)
	}
	return EventsFrom(m.GetRecords())
}

// GiftRequest returns the request that gives kept events back to the life of the log that is known.
func GiftRequest(epoch id.Epoch, raw []byte) (*v1.GiveBackRequest, error) {
	m, err := Raw(raw, &v1.GiveBackRequest{}, false)
	if err != nil {
		return nil, err
	}
	m.Epoch = EpochTo(epoch)
	return m, nil
}
