package proof

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"time"

	"github.com/tsugi-app/tsugi/server/notify/fcm"
	"github.com/tsugi-app/tsugi/server/notify/twilio"
)

// public is where the fakes believe that servers are reached.
const public = "https://tsugi.example.org"

// silent says nothing: connections of servers that are killed break off.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }

// write writes what servers need to be led to the fakes, and returns what these show in the names of the real ones.
func (o *Outside) write() (*tls.Config, error) {
	certificate, believed, err := certify(o.clock.Now(), "fcm.googleapis.com", "oauth2.googleapis.com", "api.twilio.com")
	if err != nil {
		return nil, err
	}
	account, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make Firebase's key: %w", err)
	}
	private, err := inPEM("PRIVATE KEY", account)
	if err != nil {
		return nil, err
	}
	firebase, err := json.Marshal(fcm.Key{
		Type: "service_account", ProjectID: "tsugi", PrivateKeyID: "1", PrivateKey: string(private),
		ClientEmail: "tsugi@tsugi.iam.gserviceaccount.com", TokenURI: "https://oauth2.googleapis.com/token",
	})
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(twilio.Settings{
		Account: "AC0123456789abcdef0123456789abcdef", AuthToken: "0123456789abcdef", From: "+4915112345678", Public: public,
	})
	return certificate, errors.Join(err, o.file("believed.pem", believed), o.file("firebase.json", firebase), o.file("twilio.json", settings))
}

// certify makes a certificate for some names, and the file by which it is believed.
func certify(now time.Time, names ...string) (*tls.Config, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	signed, err := x509.CreateCertificate(rand.Reader, template(now, names), template(now, names), key.Public(), key)
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate: %w", err)
	}
	believed := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	return &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{signed}, PrivateKey: key}},
	}, believed, nil
}

func template(now time.Time, names []string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Tsugi's proof"}, DNSNames: names,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func inPEM(what string, key crypto.PrivateKey) ([]byte, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: what, Bytes: raw}), nil
}
