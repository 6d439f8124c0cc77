package twilio

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The vectors are those of Twilio's documentation and of its own library's tests.
func TestSignaturesAreThoseOfTwilio(t *testing.T) {
	t.Parallel()
	const address = "https://mycompany.com/myapp.php?foo=1&bar=2"
	documented := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"}}
	library := url.Values{"ReasonConferenceEnded": {"test"}, "Reason": {"Participant"}}
	maps.Copy(library, documented)
	twice := url.Values{"Sid": {"b", "a", "b"}}
	for name, c := range map[string]struct {
		address, signature string
		form               url.Values
		want               bool
	}{
		"documented":       {address, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", documented, true},
		"library":          {address, "vOEb5UThFn24KEfnOFLQY2AE5FY=", library, true},
		"behind a port":    {strings.Replace(address, ".com", ".com:1234", 1), "vOEb5UThFn24KEfnOFLQY2AE5FY=", library, true},
		"signed with port": {strings.Replace(address, "https", "http", 1), "n2xBNyzSW7rfYStDtOFiFMv7qNo=", library, true},
		"wrong":            {address, "WRONG", library, false},
		"wrong order":      {address, "95+Bu0JVPi0r/SsESZCVf0dWAjw=", library, false},
		"each value once":  {address, Sign("12345", address, url.Values{"Sid": {"a", "b"}}), twice, true},
		"one value":        {address, Sign("12345", address, url.Values{"Sid": {"b"}}), twice, false},
	} {
		if got := genuine("12345", c.address, c.form, c.signature); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if genuine("", address, documented, Sign("", address, documented)) {
		t.Error("without a token everybody is Twilio")
	}
}

func TestRepliesAreRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"ACK 4711": "4711 ack", "ack 4711": "4711 ack", "Ack4711.": "4711 ack", "  4711\n": "4711 ack", "#4711": "4711 ack", "ok": " ack", "OK!": " ack", "ＡＣＫ ４７１１": "4711 ack",
		"4711 ack": "4711 ack", "ja 4711": "4711 ack", "on my way 4711": "4711 ack", "ACK 4711 4711": "4711 ack", "BESTÄTIGT": " ack",
		"NO 4711": "4711 no", "nein": " no", "can't 4711": "4711 no", "can’t": " no", "I cannot": " no", "kann nicht 4711": "4711 no",
		"": "?", "?": "?", "hello": "?", "ACK 4711 or NO 4711": "?", "ok, but not now": "?", "4711 4712": "?", "SEV1 INC-47: down ACK 4711": "?", "123456789": "?",
		"٤٧١١": "?", "🔥": "?", "\xff\xfe": "?", strings.Repeat("no way ", 900): " no",
	} {
		code, cannot, ok := parse(body)
		got := code + map[bool]string{false: " ack", true: " no"}[cannot]
		if !ok {
			got = "?"
		}
		if got != want {
			t.Errorf("%.40q: %q, want %q", body, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, body := range []string{"ACK 4711", "no", "can’t 4711", "ＡＣＫ４７１１", "\xff4", ""} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		code, cannot, ok := parse(body)
		if !ok {
			return
		}
		if strings.Trim(code, "0123456789") != "" || len(code) > maxCode {
			t.Errorf("%q is no code", code)
		}
		if again, no, still := parse(" " + body + ".\n"); len(body) < 1000 && (again != code || no != cannot || !still) {
			t.Errorf("as a sentence %q means %q %t %t, not %q %t", body, again, no, still, code, cannot)
		}
	})
}

func FuzzSignature(f *testing.F) {
	f.Add("https://tsugi.example.org/twilio/sms", "a=b", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
	f.Add("://", "", "")
	f.Fuzz(func(t *testing.T, address, query, signature string) {
		form, _ := url.ParseQuery(query)
		if genuine("12345", address, form, signature) && signature != Sign("12345", address, form) && len(addresses(address, form)) < 2 {
			t.Errorf("%q signs %q %v", signature, address, form)
		}
		if !genuine("12345", address, form, Sign("12345", address, form)) {
			t.Errorf("our own signature of %q %v is not taken", address, form)
		}
	})
}

func TestTextsAreOneSegment(t *testing.T) {
	t.Parallel()
	whole := func(text string) string { return "SEV1 INC-47: " + text + "\nReply ACK 4711 or NO 4711" }
	for text, want := range map[string]string{
		"Checkout is down":          "Checkout is down",
		"Größe «ß» – „falsch“ …":    "Größe \"ß\" - \"falsch\" ...",
		"🔥🔥 DB ✅ down":              "DB  down",
		"Płatność êtait naïve":      "Platnosc etait naive",
		"e\u0301te\u0301":           "été",
		"決済が停止しています":                "決済が停止しています",
		strings.Repeat("long ", 60): strings.TrimSpace(strings.Repeat("long ", 24)[:118]) + "...",
		strings.Repeat("決済", 40):    strings.Repeat("決済", 14) + "...",
	} {
		if got := segment(whole, text); got != whole(want) {
			t.Errorf("%q became %q, want %q", text, got, whole(want))
		}
	}
}

func TestASegmentHasItsSize(t *testing.T) {
	t.Parallel()
	for character, most := range map[string]int{"a": 160, "ß": 160, "€": 80, "決": 70, "😀": 35} {
		if !fits(strings.Repeat(character, most)) || fits(strings.Repeat(character, most+1)) {
			t.Errorf("not %d times %s fit, or more", most, character)
		}
	}
}

// Whatever the words are, a text is one segment, and our own words are whole in it.
func TestNoTextIsLonger(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.SampledFrom([]rune("ab€^…—😀決ł\u0301\u200d\ufe0f")), 0, 300, -1)).Draw(t, "text")
		code := rapid.IntRange(1000, 9999).Draw(t, "code")
		got := segment(func(s string) string {
			return fmt.Sprintf("SEV1, vertraulich: %s\nAntwort: ACK %d oder NO %d", s, code, code)
		}, text)
		if !fits(got) || !strings.HasPrefix(got, "SEV1, vertraulich:") || !strings.HasSuffix(got, fmt.Sprint("NO ", code)) || !utf8.ValidString(got) {
			t.Fatalf("%q", got)
		}
	})
}
