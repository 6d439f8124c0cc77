package fcm

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"firebase.google.com/go/v4/messaging"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/escalation"
	"github.com/tsugi-app/tsugi/sync/id"
)

// What the texts may take, written in JSON. Firebase allows 4,096 bytes; iOS gets the texts twice.
const (
	maxTitle = 250
	maxText  = 900
)

// page is a message that rings. The data is what our own app shows; whoever reads it checks "v", and takes what it does not know for a
// message that there is something to fetch. Values are texts, as Firebase wants it.
//
// Firebase keeps at most four collapse keys for a device that it does not reach: of a fifth page it may drop one. That loses none: a
// device that is reached again by any of them fetches all.
func page(m notify.Message, token string, left time.Duration) *messaging.Message {
	title, text := cut(m.Title, maxTitle), cut(m.Text, maxText)
	left = max(left.Truncate(time.Second), time.Second)
	priority := "normal"
	if m.Urgency != escalation.Low {
		priority = "high"
	}
	return &messaging.Message{
		Token: token,
		Data: map[string]string{
			"v": "1", "kind": "page", "id": m.ID, "page": m.Page.String(), "incident": m.Incident.String(), "person": m.Person.String(),
			"name": m.Name, "severity": strconv.Itoa(int(m.Severity)), "urgency": strconv.Itoa(int(m.Urgency)),
			"title": title, "text": text, "expires": strconv.FormatInt(m.Expires.UnixMilli(), 10),
		},
		Android: &messaging.AndroidConfig{Priority: priority, TTL: &left, CollapseKey: m.Collapse},
		APNS:    pageOnApple(m, title, text),
	}
}

// pageOnApple reads well on a phone whose extension did not run.
func pageOnApple(m notify.Message, title, text string) *messaging.APNSConfig {
	aps := &messaging.Aps{
		Alert: &messaging.ApsAlert{Title: title, Body: text}, MutableContent: true, Category: "page", ThreadID: m.Incident.String(),
		CustomData: map[string]any{"interruption-level": "active"},
	}
	priority := "5"
	if m.Urgency != escalation.Low {
		priority, aps.Sound = "10", "default"
		aps.CustomData["interruption-level"] = "time-sensitive"
	}
	return &messaging.APNSConfig{
		Headers: map[string]string{
			"apns-push-type": "alert", "apns-priority": priority, "apns-expiration": strconv.FormatInt(m.Expires.Unix(), 10),
			"apns-collapse-id": m.Collapse,
		},
		Payload: &messaging.APNSPayload{Aps: aps},
	}
}

// note is a message that is shown and makes no sound, whatever its reader has set for pages.
func note(m notify.Message, token string, left time.Duration) *messaging.Message {
	title, text := cut(m.Title, maxTitle), cut(m.Text, maxText)
	left = max(left.Truncate(time.Second), time.Second)
	return &messaging.Message{
		Token: token,
		Data: map[string]string{
			"v": "1", "kind": "note", "id": m.ID, "person": m.Person.String(), "title": title, "text": text,
			"expires": strconv.FormatInt(m.Expires.UnixMilli(), 10),
		},
		Android: &messaging.AndroidConfig{Priority: "normal", TTL: &left, CollapseKey: m.Collapse},
		APNS: &messaging.APNSConfig{
			Headers: map[string]string{
				"apns-push-type": "alert", "apns-priority": "5", "apns-expiration": strconv.FormatInt(m.Expires.Unix(), 10), "apns-collapse-id": m.Collapse,
			},
			Payload: &messaging.APNSPayload{Aps: &messaging.Aps{
				Alert: &messaging.ApsAlert{Title: title, Body: text}, Category: "note", ThreadID: "shifts", CustomData: map[string]any{"interruption-level": "passive"},
			}},
		},
	}
}

// quietLife is how long what makes no sound waits for a device.
const quietLife = time.Hour

// silence has the collapse key of the page that it ends.
func silence(ended id.Page, token string) *messaging.Message {
	return quiet(token, ended.String(), map[string]string{"v": "1", "kind": "ended", "page": ended.String()})
}

func sync(token string) *messaging.Message {
	return quiet(token, "sync", map[string]string{"v": "1", "kind": "sync"})
}

// quiet is a message of normal priority: Android takes the high one from apps that make no notification of it.
func quiet(token, collapse string, data map[string]string) *messaging.Message {
	life := quietLife
	return &messaging.Message{
		Token: token, Data: data,
		Android: &messaging.AndroidConfig{Priority: "normal", TTL: &life, CollapseKey: collapse},
		APNS: &messaging.APNSConfig{
			Headers: map[string]string{"apns-push-type": "background", "apns-priority": "5", "apns-collapse-id": collapse},
			Payload: &messaging.APNSPayload{Aps: &messaging.Aps{ContentAvailable: true}},
		},
	}
}

// cut returns text so short that it takes no more than so many bytes in JSON.
func cut(text string, most int) string {
	text = notify.Shorten(text, most)
	for len(inJSON(text)) > most {
		runes := []rune(strings.TrimSuffix(text, "…"))
		text = strings.TrimSpace(string(runes[:len(runes)*9/10])) + "…"
	}
	return text
}

func inJSON(text string) []byte {
	out, err := json.Marshal(text)
	if err != nil { // no text is refused
		return nil
	}
	return out
}
