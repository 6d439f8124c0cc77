package main

import (
	"strings"

	"github.com/tsugi-app/tsugi/server"
	"github.com/tsugi-app/tsugi/server/notify/fcm"
	"github.com/tsugi-app/tsugi/server/notify/mail"
	"github.com/tsugi-app/tsugi/server/notify/twilio"
)

// pagingFlags say through whom people are reached who have no client open: a file for each, which may be left out.
type pagingFlags struct {
	Firebase string `help:"File of a Firebase project's key, for pushes to phones: firebase.json in docs/paging.md." env:"TSUGI_FIREBASE" placeholder:"FILE" type:"path"`
	Twilio   string `help:"File of an account at Twilio, for SMS and calls: twilio.json in docs/paging.md." env:"TSUGI_TWILIO" placeholder:"FILE" type:"path"`
	Mail     string `help:"File of a mail server, for mails: mail.json in docs/paging.md." env:"TSUGI_MAIL" placeholder:"FILE" type:"path"`
	Language string `help:"Language of what is sent by these: ${enum}." enum:"en,de" default:"en" env:"TSUGI_PAGING_LANGUAGE"`
}

// read reads the files. It fails with Invalid faults that name the file and every field that cannot be used.
func (f pagingFlags) read() (out server.Paging, err error) {
	out.Language = f.Language
	if f.Firebase != "" {
		key, err := fcm.LoadKey(f.Firebase)
		if err != nil {
			return out, err
		}
		out.Push = &key
	}
	if f.Twilio != "" {
		settings, err := twilio.LoadSettings(f.Twilio)
		if err != nil {
			return out, err
		}
		out.Twilio = &settings
	}
	if f.Mail != "" {
		settings, err := mail.LoadSettings(f.Mail)
		if err != nil {
			return out, err
		}
		out.Mail = &settings
	}
	return out, nil
}

// ways says by what people are reached.
func ways(p server.Paging) string {
	all := []string{"clients that are open"}
	if p.Push != nil {
		all = append(all, "push")
	}
	if p.Twilio != nil {
		all = append(all, "SMS", "calls")
	}
	if p.Mail != nil {
		all = append(all, "mail")
	}
	last := len(all) - 1
	if last == 0 {
		return all[0] + " alone (docs/paging.md adds push, SMS, calls and mail)"
	}
	return strings.Join(all[:last], ", ") + " and " + all[last]
}
