package twilio

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// Settings are what twilio.json holds.
type Settings struct {
	// Account and AuthToken stand on the first page of the Twilio console. The token also shows that what comes in is Twilio's.
	Account   string `json:"account"`
	AuthToken string `json:"auth_token"`
	// From is a number of the account, as +4915112345678; it sends SMS, and calls.
	From string `json:"from"`
	// Service sends SMS in place of From, where the company has a messaging service.
	Service string `json:"messaging_service,omitempty"`
	// Public is where Twilio reaches this server, as https://tsugi.example.org. Without it SMS and calls go out, and nobody can
	// answer them.
	Public string `json:"public,omitempty"`
	// API is where Twilio is; empty for the United States.
	API string `json:"api,omitempty"`
}

// LoadSettings reads twilio.json. It fails with Invalid faults.
func LoadSettings(file string) (Settings, error) {
	var s Settings
	if err := notify.ReadSettings(file, &s, false); err != nil {
		return Settings{}, err
	}
	s.Public, s.API = strings.TrimRight(s.Public, "/"), strings.TrimRight(s.API, "/")
	return s, nil
}

// Check notes what is missing or cannot be.
func (s *Settings) Check(c *fault.Check) {
	for _, field := range []struct{ name, value, form, problem string }{
		{"account", s.Account, `^AC[0-9a-f]{32}$`, "is not AC and 32 digits: copy the Account SID from the Twilio console"},
		{"auth_token", s.AuthToken, `^\S{16,}$`, "is missing: copy the Auth Token from the Twilio console"},
		{"from", s.From, `^\+[1-9][0-9]{6,14}$`, "is no number like +4915112345678: take one of the account's, from Phone Numbers"},
		{"messaging_service", s.Service, `^(MG[0-9a-f]{32})?$`, "is not MG and 32 digits: copy the SID of the service, or leave the field out"},
	} {
		if !regexp.MustCompile(field.form).MatchString(field.value) {
			c.Add(field.name, field.problem)
		}
	}
	if u, err := url.Parse(s.Public); s.Public != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "") {
		c.Add("public", "is no address like https://tsugi.example.org: Twilio must reach the server there, or leave the field out")
	}
	if u, err := url.Parse(s.API); s.API != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		c.Add("api", "is no address like https://api.dublin.ie1.twilio.com: leave the field out for the United States")
	}
}
