package fcm

import (
	"encoding/json"
	"time"

	"github.com/tsugi-app/tsugi/server/notify"
)

// SizeOf returns how many bytes a page has on iOS, where the data stands beside the rest, and the text as it is sent.
func SizeOf(m notify.Message, token string) (size int, text string) {
	sent := page(m, token, time.Minute)
	data, err := json.Marshal(sent.Data)
	if err != nil {
		return 1 << 20, err.Error()
	}
	apple, err := json.Marshal(sent.APNS.Payload)
	if err != nil {
		return 1 << 20, err.Error()
	}
	return len(data) + len(apple), sent.Data["text"]
}
