package mail

import (
	"net/mail"
	"net/url"
	"strings"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// The ways to reach a mail server.
const (
	overTLS  = "tls"      // from the first byte, by custom on port 465
	startTLS = "starttls" // after asking for it, on port 587; a server that does not offer it is not used
	plain    = "none"     // only for a server on the same machine
)

// Settings are what mail.json holds.
type Settings struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Security string `json:"security"` // tls, starttls or none
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	From     string `json:"from"` // Tsugi <tsugi@example.org>
	// Public is where people's browsers reach this server. Without it mails go out and carry no link to acknowledge with.
	Public string `json:"public,omitempty"`
}

// LoadSettings reads mail.json. It fails with Invalid faults.
func LoadSettings(file string) (Settings, error) {
	var s Settings
	if err := notify.ReadSettings(file, &s, false); err != nil {
		return Settings{}, err
	}
	s.Public = strings.TrimRight(s.Public, "/")
	return s, nil
}

// Check notes what is missing or cannot be.
func (s *Settings) Check(c *fault.Check) {
	if s.Host == "" || strings.ContainsAny(s.Host, ":/ ") {
		c.Add("host", "is no name of a mail server, such as smtp.example.org: its port has a field of its own")
	}
	if s.Port < 1 || s.Port > 65535 {
		c.Add("port", "is no port: it is 465 for tls, and 587 for starttls")
	}
	switch s.Security {
	case overTLS, startTLS:
	case plain:
		if !local(s.Host) {
			c.Add("security", "is none, which is only for a server on the same machine: write starttls, or tls for port 465")
		}
	default:
		c.Add("security", "is none of tls, starttls and none: write starttls, or tls for port 465")
	}
	if (s.Username == "") != (s.Password == "") {
		c.Add("password", "must be there when there is a username, and only then")
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		c.Add("from", "is no mailbox, such as Tsugi <tsugi@example.org>")
	}
	if u, err := url.Parse(s.Public); s.Public != "" && (err != nil || u.Scheme != "https" && !local(u.Hostname()) || u.Host == "" || u.RawQuery != "") {
		c.Add("public", "is no address like https://tsugi.example.org: people's browsers must reach the server there, or leave the field out")
	}
}

func local(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
