package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	goodTwilio = `{"account": "AC0123456789abcdef0123456789abcdef", "auth_token": "0123456789abcdef", "from": "+4915112345678"`
	goodMail   = `{"host": "smtp.example.org", "port": 587, "security": "starttls", "from": "Tsugi <tsugi@example.org>"`
)

// A file that cannot be used is told with the field that is wrong, and no server starts that pages nobody by it.
func TestFilesOfProvidersThatCannotBeUsedAreTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ flag, file, field, text string }{
		"no number":       {"--twilio", "twilio.json", "from", strings.Replace(goodTwilio, "+4915112345678", "0151 12345678", 1) + "}"},
		"an unknown word": {"--twilio", "twilio.json", "authtoken", goodTwilio + `, "authtoken": "x"}`},
		"a wrong port":    {"--mail", "mail.json", "port", strings.Replace(goodMail, "587", "0", 1) + "}"},
		"no key":          {"--firebase", "firebase.json", "private_key", `{"type": "service_account", "project_id": "x"}`},
		"no file":         {"--mail", "", "absent.json", ""},
	} {
		dir := short(t)
		path := filepath.Join(short(t), "absent.json")
		if c.file != "" {
			path = filepath.Join(filepath.Dir(path), c.file)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got := tsugid(t, dir, "serve", "--listen", "127.0.0.1:0", c.flag, path)
		if got.code != 1 || !strings.Contains(got.errors, path) || !strings.Contains(got.errors, c.field) || !strings.Contains(got.errors, "Nobody is paged through it.") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAServerSaysByWhatPeopleArePaged(t *testing.T) {
	t.Parallel()
	dir, files := short(t), short(t)
	if s := serve(t, dir); !strings.Contains(s.lines.Text(), "paged by clients that are open alone") {
		t.Errorf("it says %q", s.lines.Text())
	} else {
		s.stop(t)
	}
	letters, phones := filepath.Join(files, "mail.json"), filepath.Join(files, "twilio.json")
	for path, text := range map[string]string{letters: goodMail + "}", phones: goodTwilio + "}"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := serve(t, dir, "--mail", letters, "--twilio", phones, "--language", "de")
	if !strings.Contains(s.lines.Text(), "paged by clients that are open, SMS, calls and mail.") {
		t.Errorf("it says %q", s.lines.Text())
	}
	s.stop(t)
	if got := tsugid(t, dir, "serve", "--language", "tlh"); got.code == 0 || !strings.Contains(got.errors, "--language") {
		t.Errorf("an unknown language: %+v", got)
	}
}
