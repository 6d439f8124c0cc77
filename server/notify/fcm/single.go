package fcm

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"cloud.google.com/go/auth"
)

// maxAnswer is how much of an answer is read. Firebase's have some hundred bytes.
const maxAnswer = 64 << 10

// trail is what became of the one request that a message is sent with.
type trail struct {
	stop   context.CancelFunc
	answer *http.Response // read whole
	body   []byte
	err    error // when there was no answer
}

type trailKey struct{}

// follow returns a context in which single writes a trail.
func follow(ctx context.Context) (context.Context, *trail) {
	t := &trail{}
	ctx, t.stop = context.WithCancel(ctx)
	return context.WithValue(ctx, trailKey{}, t), t
}

// single lets one request of a trail through. Where the library would ask again, which it does after 503 and when there is no
// answer, the context of the trail ends, so that it gives up at once.
type single struct{ base http.RoundTripper }

// RoundTrip makes the request and reads its answer, so that the context may end.
func (s single) RoundTrip(r *http.Request) (*http.Response, error) {
	t, followed := r.Context().Value(trailKey{}).(*trail)
	answer, err := s.base.RoundTrip(r)
	if err == nil {
		answer, err = whole(answer)
	}
	if !followed {
		return answer, err
	}
	t.answer, t.err = answer, err
	if err != nil {
		t.stop()
		return nil, err
	}
	t.body, _ = io.ReadAll(answer.Body) // of memory
	answer.Body = io.NopCloser(bytes.NewReader(t.body))
	if answer.StatusCode == http.StatusServiceUnavailable {
		t.stop()
	}
	return answer, nil
}

// whole returns an answer whose body is in memory.
func whole(answer *http.Response) (*http.Response, error) {
	defer func() { _ = answer.Body.Close() }() // it was read as far as it is wanted
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// signed puts an access token of the service account on every request.
type signed struct {
	base   http.RoundTripper
	tokens auth.TokenProvider
}

const scope = "https://www.googleapis.com/auth/firebase.messaging"

// sign returns a transport that fetches access tokens with the key, through base, and keeps each as long as it is good. It waits for one
// no longer than the request that needs it.
func sign(k Key, base http.RoundTripper) (http.RoundTripper, error) {
	tokens, err := auth.New2LOTokenProvider(&auth.Options2LO{
		Email: k.ClientEmail, PrivateKey: []byte(k.PrivateKey), PrivateKeyID: k.PrivateKeyID, TokenURL: k.TokenURI,
		Scopes: []string{scope}, Client: &http.Client{Transport: base},
	})
	if err != nil {
		return nil, err
	}
	return signed{base, auth.NewCachedTokenProvider(tokens, &auth.CachedTokenProviderOptions{DisableAsyncRefresh: true})}, nil
}

// RoundTrip signs the request and makes it.
func (s signed) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := s.tokens.Token(r.Context())
	if err != nil {
		return nil, fmt.Errorf("fetch an access token: %w", err)
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token.Value)
	return s.base.RoundTrip(r)
}
