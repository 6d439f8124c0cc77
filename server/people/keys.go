package people

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Keys are what the server signs and seals with. Their seeds lie plain in a file: whoever can
// read its folder, which belongs to the server's account alone, can be the server anyway, and a key
// beside the file would be lost by whoever restores only the file. In a database that servers share they may be sealed.
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

// vault is where the keys lie.
type vault struct {
	tx     *sql.Tx
	shared bool  // they may be sealed
	seal   *Seal // nil where they are not to be
}

// lying is a key as it lies in the vault.
type lying struct {
	id      int64
	purpose string
	created time.Time
	secret  []byte // empty where it is sealed
	sealed  []byte
}

// openKeys reads the keys, makes those that are missing, and seals those that are to be and are not.
func openKeys(ctx context.Context, v vault, now time.Time) (keyring, error) {
	k := keyring{public: map[string]ed25519.PublicKey{}}
	all, err := v.read(ctx)
	if err != nil {
		return k, err
	}
	for _, purpose := range []string{signingKey, cursorKey, refreshKey} {
		if slices.ContainsFunc(all, func(l lying) bool { return l.purpose == purpose }) {
			continue
		}
		fresh := lying{purpose: purpose, created: now.Truncate(time.Microsecond), secret: random(32)}
		if err := v.put(ctx, fresh); err != nil {
			return k, fmt.Errorf("make the %s key: %w", purpose, err)
		}
		all = append(all, fresh)
	}
	for _, l := range all {
		if len(l.sealed) > 0 {
			if l.secret, err = v.seal.open(l.purpose, l.created, l.sealed); err != nil {
				return k, err
			}
		} else if v.seal != nil && l.id != 0 {
			if err := v.put(ctx, l); err != nil {
				return k, err
			}
		}
		k.take(l.purpose, l.secret)
	}
	return k, nil
}

// read returns the keys, the oldest first.
func (v vault) read(ctx context.Context) (all []lying, err error) {
	query := "SELECT id, purpose, created_us, secret, NULL FROM secret_key ORDER BY id"
	if v.shared {
		query = "SELECT id, purpose, created_us, secret, sealed FROM secret_key ORDER BY id"
	}
	rows, err := v.tx.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var (
			l       lying
			created int64
		)
		if err := rows.Scan(&l.id, &l.purpose, &created, &l.secret, &l.sealed); err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		l.created = time.UnixMicro(created)
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return all, nil
}

// put stores a key, sealed where that is wanted; one that has no id yet is a new one.
func (v vault) put(ctx context.Context, l lying) (err error) {
	if v.seal == nil {
		_, err = v.tx.ExecContext(ctx, "INSERT INTO secret_key (purpose, created_us, secret) VALUES (?, ?, ?)", l.purpose, l.created.UnixMicro(), l.secret)
		return err
	}
	var public []byte
	if l.purpose == signingKey {
		public = ed25519.NewKeyFromSeed(l.secret).Public().(ed25519.PublicKey)
	}
	if l.sealed, err = v.seal.close(l.purpose, l.created, l.secret); err != nil {
		return err
	}
	if l.id == 0 {
		_, err = v.tx.ExecContext(ctx, "INSERT INTO secret_key (purpose, created_us, sealed, public) VALUES (?, ?, ?, ?)",
			l.purpose, l.created.UnixMicro(), l.sealed, public)
	} else {
		_, err = v.tx.ExecContext(ctx, "UPDATE secret_key SET secret = NULL, sealed = ?, public = ? WHERE id = ?", l.sealed, public, l.id)
	}
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
