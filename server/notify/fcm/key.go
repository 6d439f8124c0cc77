package fcm

import (
	"crypto/x509"
	"encoding/pem"
	"net/url"

	"github.com/tsugi-app/tsugi/server/notify"
	"github.com/tsugi-app/tsugi/sync/fault"
)

// Key is the key of a Firebase project's service account, as the Firebase console hands it out.
type Key struct {
	Type         string `json:"type"`
	ProjectID    string `json:"project_id"`
	PrivateKeyID string `json:"private_key_id"`
	PrivateKey   string `json:"private_key"`
	ClientEmail  string `json:"client_email"`
	TokenURI     string `json:"token_uri"`
}

// LoadKey reads the file that the Firebase console hands out under "Service accounts", "Generate new private key". It fails with Invalid faults.
func LoadKey(file string) (Key, error) {
	var k Key
	if err := notify.ReadSettings(file, &k, true); err != nil {
		return Key{}, err
	}
	return k, nil
}

// Check notes what is missing or damaged.
func (k *Key) Check(c *fault.Check) {
	if k.Type != "service_account" {
		c.Add("type", "is not service_account: take the key of a service account from the Firebase console")
	}
	for _, field := range []struct{ name, value string }{
		{"project_id", k.ProjectID}, {"private_key_id", k.PrivateKeyID}, {"client_email", k.ClientEmail},
	} {
		if field.value == "" {
			c.Add(field.name, "is empty: download the key anew from the Firebase console")
		}
	}
	if block, _ := pem.Decode([]byte(k.PrivateKey)); block == nil {
		c.Add("private_key", "is no private key: download the key anew from the Firebase console")
	} else if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		c.Add("private_key", "is no private key: download the key anew from the Firebase console")
	}
	if u, err := url.Parse(k.TokenURI); err != nil || u.Host == "" {
		c.Add("token_uri", "is no address: download the key anew from the Firebase console")
	}
}
