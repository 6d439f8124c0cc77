package twilio

import (
	"bytes"
	"encoding/xml"
	"net/url"
	"strings"

	"github.com/tsugi-app/tsugi/assets/words"
	"github.com/tsugi-app/tsugi/server/notify"
)

// verb is one thing that Twilio does, in TwiML.
type verb any

type saying struct {
	XMLName  xml.Name `xml:"Say"`
	Language string   `xml:"language,attr"`
	Text     string   `xml:",chardata"`
}

type gathering struct {
	XMLName xml.Name `xml:"Gather"`
	Digits  int      `xml:"numDigits,attr"`
	Timeout int      `xml:"timeout,attr"` // in seconds, after what is said
	Method  string   `xml:"method,attr"`
	Action  string   `xml:"action,attr"`
	Says    []verb
}

type texting struct {
	XMLName xml.Name `xml:"Message"`
	Text    string   `xml:",chardata"`
}

// speaker returns what says a text in a language.
func speaker(language string) func(text string) verb {
	tongue := "en-US"
	if words.For(language).Common.Declare == words.German().Common.Declare {
		tongue = "de-DE"
	}
	return func(text string) verb { return saying{Language: tongue, Text: text} }
}

// gather waits for one key while something is said and a while after, and asks us what it means.
func gather(action string, says ...verb) verb {
	return gathering{Digits: 1, Timeout: 6, Method: "POST", Action: action, Says: says}
}

// response returns TwiML that does one thing after the other.
func response(verbs ...verb) string {
	var out bytes.Buffer
	out.WriteString(xml.Header + "<Response>")
	e := xml.NewEncoder(&out)
	for _, v := range verbs {
		if err := e.Encode(v); err != nil { // text and numbers are always written
			continue
		}
	}
	out.WriteString("</Response>")
	return out.String()
}

// keys is where Twilio asks what a key means that was pressed about a page.
func (s Settings) keys(at notify.Place, language string) string {
	return strings.TrimRight(s.Public, "/") + hookKeys + "?" + url.Values{"incident": {at.Incident.String()}, "page": {at.Page.String()}, "lang": {language}}.Encode()
}
