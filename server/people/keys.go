package people

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"
)

// Keys are what the server signs and seals with. Their seeds lie plain in the database: whoever can
// read its folder, which belongs to the server's account alone, can be the server anyway, and a key
// beside the file would be lost by whoever restores only the file.
type Keys struct {
	Signing ed25519.PrivateKey
	Cursor  []byte // 32 random bytes
}

// keyring is Keys and what only this package needs.
type keyring struct {
	Keys
	kid     string                       // names Signing
	public  map[string]ed25519.PublicKey // by kid, also of former signing keys
	refresh []byte                       // proves that a refresh token was made here
}

const (
	signingKey = "signing"
	cursorKey  = "cursor"
	refreshKey = "refresh"
)

// openKeys reads the keys, and makes those that are missing.
func openKeys(ctx context.Context, tx *sql.Tx, now time.Time) (keyring, error) {
	k := keyring{public: map[string]ed25519.PublicKey{}}
	for _, purpose := range []string{signingKey, cursorKey, refreshKey} {
		if err := makeMissing(ctx, tx, purpose, now); err != nil {
			return k, fmt.Errorf("make %s key: %w", purpose, err)
		}
	}
	rows, err := tx.QueryContext(ctx, "SELECT purpose, secret FROM secret_key ORDER BY id")
	if err != nil {
		return k, fmt.Errorf("read keys: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var (
			purpose string
			secret  []byte
		)
		if err := rows.Scan(&purpose, &secret); err != nil {
			return k, fmt.Errorf("read keys: %w", err)
		}
		k.take(purpose, secret)
	}
	if err := rows.Err(); err != nil {
		return k, fmt.Errorf("read keys: %w", err)
	}
	return k, nil
}

func makeMissing(ctx context.Context, tx *sql.Tx, purpose string, now time.Time) error {
	var have int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM secret_key WHERE purpose = ?", purpose).Scan(&have); err != nil {
		return err
	}
	if have > 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO secret_key (purpose, created_us, secret) VALUES (?, ?, ?)",
		purpose, now.UnixMicro(), random(32))
	return err
}

// take puts a key in its place; a later one replaces it.
func (k *keyring) take(purpose string, secret []byte) {
	switch purpose {
	case signingKey:
		k.Signing = ed25519.NewKeyFromSeed(secret)
		public := k.Signing.Public().(ed25519.PublicKey)
		k.kid = kidOf(public)
		k.public[k.kid] = public
	case cursorKey:
		k.Cursor = secret
	case refreshKey:
		k.refresh = secret
	}
}

// kidOf names a key by what it is, so that the same key has the same name on every node.
func kidOf(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}

// random returns n bytes that nobody can guess. The system's source does not fail: Go ends the
// program rather than return less.
func random(n int) []byte {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	return raw
}
