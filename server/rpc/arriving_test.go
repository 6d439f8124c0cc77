package rpc_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/server/rpc"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/timeline"
)

// trickling is a body that takes its time.
type trickling struct {
	io.Reader
	took func()
}

func (t *trickling) Read(p []byte) (int, error) {
	if t.took != nil {
		t.took()
		t.took = nil
	}
	return t.Reader.Read(p)
}

// A push says what its client's clocks showed when it went on its way. That it takes long to arrive, over a bad line, makes nothing
// that is in it younger.
func TestAPushThatComesInSlowlyIsDatedRightly(t *testing.T) {
	t.Parallel()
	o := setup(t)
	in := o.admin.declare(t, o)
	o.clock.pass(time.Minute)
	written := o.clock.Now()
	raw, err := proto.Marshal(o.admin.request(t, o, in, incident.AddTag{Tag: "db"}))
	if err != nil {
		t.Fatal(err)
	}
	body := &trickling{Reader: bytes.NewReader(raw), took: func() { o.clock.pass(7 * time.Second) }}
	req := httptest.NewRequestWithContext(o.ctx, http.MethodPost, tsugiv1connect.SyncServicePushProcedure, body)
	req.Header.Set("Content-Type", "application/proto")
	req.Header.Set("Authorization", "Bearer "+o.admin.tokens.GetAccess())
	answer := httptest.NewRecorder()
	rpc.Handler(o.options).ServeHTTP(answer, req)
	if answer.Code != http.StatusOK {
		t.Fatalf("%d: %s", answer.Code, answer.Body)
	}
	events, err := timeline.Since(o.ctx, o.db.Reader(), in, 1)
	if err != nil || len(events) != 1 {
		t.Fatalf("%+v, %v", events, err)
	}
	if e := events[0]; !e.Received.Equal(written.Add(7*time.Second)) || !e.Occurred.Equal(written) {
		t.Errorf("what was written at %s was received at %s and says %s", written, e.Received, e.Occurred)
	}
}
