package rpc_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/proto/gen/tsugi/v1/tsugiv1connect"
	"github.com/tsugi-app/tsugi/sync/id"
)

// procedures are all that a client can ask for, and whether the answer is a stream.
func procedures() map[string]bool {
	return map[string]bool{
		tsugiv1connect.AccessServiceEnrolProcedure: false, tsugiv1connect.AccessServiceRefreshProcedure: false,
		tsugiv1connect.PeopleServiceInviteProcedure: false, tsugiv1connect.SyncServicePushProcedure: false,
		tsugiv1connect.SyncServicePullProcedure: false, tsugiv1connect.SyncServiceBackfillProcedure: false,
		tsugiv1connect.SyncServiceTailProcedure: true, tsugiv1connect.SyncServiceBootstrapProcedure: true,
		tsugiv1connect.SyncServiceFillProcedure: true, tsugiv1connect.AttachmentServiceBeginUploadProcedure: false,
		tsugiv1connect.ReachServiceListContactsProcedure: false, tsugiv1connect.ReachServiceAddContactProcedure: false,
		tsugiv1connect.ReachServiceRemoveContactProcedure: false, tsugiv1connect.ReachServiceSendCodeProcedure: false,
		tsugiv1connect.ReachServiceConfirmContactProcedure: false, tsugiv1connect.ReachServiceRegisterPushProcedure: false,
		tsugiv1connect.AttachmentServicePutChunkProcedure: false, tsugiv1connect.AttachmentServiceGetChunkProcedure: false,
	}
}

// answer is what the server said: the status, and everything behind it.
type answer struct {
	status int
	body   string
}

// asked sends a request as it is. A stream is read until its end, or at most a megabyte.
func (o *office) asked(t tester, method, procedure string, header map[string]string, body []byte) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(o.ctx, method, o.web.URL+procedure, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Connect-Timeout-Ms", "3000") // a tail that is let in goes on for ever
	for k, v := range header {
		if v != "" {
			req.Header.Set(k, v)
		}
	}
	resp, err := o.web.Client().Do(req)
	if err != nil {
		t.Fatalf("%s: %v", procedure, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatalf("%s: %v", procedure, err)
	}
	return answer{resp.StatusCode, string(got)}
}

// envelope frames a message as streams have it.
func envelope(body []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(body))), body...)
}

// wantsClientsFault fails unless the answer says that the client is at fault, in its status or at the
// end of its stream.
func wantClientsFault(t *testing.T, name string, got answer) {
	t.Helper()
	if got.status >= 500 || got.status < 200 {
		t.Errorf("%s: status %d: %s", name, got.status, got.body)
	}
	if got.status == http.StatusOK && !strings.Contains(got.body, `"error"`) {
		t.Errorf("%s passes: %.100q", name, got.body)
	}
	for _, code := range []string{`"unknown"`, `"internal"`, `"data_loss"`, `"unavailable"`, `"deadline_exceeded"`} {
		if strings.Contains(got.body, code) {
			t.Errorf("%s is taken for the server's fault: %s", name, got.body)
		}
	}
}

func gzipped(t *testing.T, body []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// badBodies are bodies that no procedure can read, by content type.
func badBodies() map[string]map[string][]byte {
	deep := strings.Repeat(`{"invite":`, 100_000)
	whole, _ := proto.Marshal(&tsugiv1.PushRequest{ClientId: make([]byte, 16), Generation: []byte("x")}) // a valid message
	return map[string]map[string][]byte{
		"proto": {
			"garbage": bytes.Repeat([]byte{0xff}, 100), "truncated": whole[:len(whole)-1], "a group that does not end": bytes.Repeat([]byte{0x0b}, 20_000),
			"text": []byte("Dear Sir or Madam"), "oversized": make([]byte, 5<<20),
		},
		"json": {
			"garbage": []byte("}{"), "truncated": []byte(`{"client`), "a list": []byte("[]"), "null bytes": make([]byte, 10),
			"deeply nested": []byte(deep), "deeply nested lists": []byte(`{"x":` + strings.Repeat("[", 100_000)), "no UTF-8": []byte("{\"code\":\"\xff\"}"),
			"mistyped":           []byte(`{"code":7,"clientId":{},"refresh":[],"cursors":3,"streamId":true,"scopeId":1.5,"name":{}}`),
			"no base64":          []byte(`{"clientId":"§§","publicKey":"§§","signature":"§§","streamId":"§§","scopeId":"§§","personId":"§§","cursors":[{"scopeId":"§§"}]}`),
			"oversized":          []byte(`{"x":"` + strings.Repeat("x", 5<<20) + `"}`),
			"numbers beyond all": []byte(`{"before":1e400,"limit":99999999999999999999,"waitMs":-1,"cursors":[{"scopePos":-1}],"submissions":[{"mid":-1}],"code":-1,"refresh":1,"name":1}`),
		},
	}
}

// fields reports whether a bad body is only bad for its fields.
func fields(name string) bool {
	return name == "mistyped" || name == "no base64" || name == "numbers beyond all"
}

func TestBadBodiesAreTheClientsFault(t *testing.T) {
	t.Parallel()
	o := setup(t)
	for procedure, streams := range procedures() {
		for codec, bodies := range badBodies() {
			for name, body := range bodies {
				if fieldless := procedure == tsugiv1connect.SyncServiceBootstrapProcedure || procedure == tsugiv1connect.ReachServiceListContactsProcedure; fieldless && fields(name) {
					continue
				}
				content := "application/" + codec
				if streams {
					content, body = "application/connect+"+codec, envelope(body)
				}
				got := o.asked(t, http.MethodPost, procedure, map[string]string{
					"Content-Type": content, "Authorization": "Bearer " + o.admin.tokens.GetAccess(),
				}, body)
				wantClientsFault(t, procedure+" "+codec+" "+name, got)
			}
		}
	}
	o.noMistake(t)
}

func TestBadEnvelopesAreTheClientsFault(t *testing.T) {
	t.Parallel()
	o := setup(t)
	for procedure, streams := range procedures() {
		if !streams {
			continue
		}
		for name, body := range map[string][]byte{
			"none": {}, "cut": {0, 0}, "longer than what comes": {0, 0, 0, 1, 0, 1}, "huge": {0, 0xff, 0xff, 0xff, 0xff}, "compressed": {1, 0, 0, 0, 1, 1},
			"an end": {2, 0, 0, 0, 0}, "unknown flags": {0xf0, 0, 0, 0, 0}, "two messages": append(envelope(nil), envelope(nil)...),
		} {
			for _, codec := range []string{"proto", "json"} {
				got := o.asked(t, http.MethodPost, procedure, map[string]string{
					"Content-Type": "application/connect+" + codec, "Authorization": "Bearer " + o.admin.tokens.GetAccess(),
				}, body)
				wantClientsFault(t, procedure+" "+codec+" "+name, got)
			}
		}
	}
	o.noMistake(t)
}

func TestBadRequestsAreTheClientsFault(t *testing.T) {
	t.Parallel()
	o := setup(t)
	good := []byte("{}")
	for procedure, streams := range procedures() {
		content, other := "application/json", "application/connect+json"
		if streams {
			content, other = other, content
		}
		for name, c := range map[string]struct {
			method string
			header map[string]string
			body   []byte
		}{
			"GET":                        {http.MethodGet, nil, nil},
			"PUT":                        {http.MethodPut, map[string]string{"Content-Type": content}, good},
			"DELETE":                     {http.MethodDelete, nil, nil},
			"no content type":            {http.MethodPost, map[string]string{"Content-Type": ""}, good},
			"text":                       {http.MethodPost, map[string]string{"Content-Type": "text/plain"}, good},
			"a form":                     {http.MethodPost, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte("a=b")},
			"the other sort":             {http.MethodPost, map[string]string{"Content-Type": other}, good},
			"another charset":            {http.MethodPost, map[string]string{"Content-Type": content + "; charset=latin1"}, good},
			"broken content type":        {http.MethodPost, map[string]string{"Content-Type": content + ";;;"}, good},
			"compressed":                 {http.MethodPost, map[string]string{"Content-Type": content, "Content-Encoding": "gzip", "Connect-Content-Encoding": "gzip"}, gzipped(t, good)},
			"compressed in another way":  {http.MethodPost, map[string]string{"Content-Type": content, "Content-Encoding": "br", "Connect-Content-Encoding": "br"}, good},
			"a timeout that is no time":  {http.MethodPost, map[string]string{"Content-Type": content, "Connect-Timeout-Ms": "soon"}, good},
			"another protocol's version": {http.MethodPost, map[string]string{"Content-Type": content, "Connect-Protocol-Version": "99"}, good},
		} {
			if streams && name != "the other sort" && c.body != nil {
				c.body = envelope(c.body)
			}
			if c.header == nil {
				c.header = map[string]string{}
			}
			c.header["Authorization"] = "Bearer " + o.admin.tokens.GetAccess()
			wantClientsFault(t, procedure+" "+name, o.asked(t, c.method, procedure, c.header, c.body))
		}
	}
	for _, path := range []string{"/", "/tsugi.v1.SyncService/", "/tsugi.v1.SyncService/Nothing", "/tsugi.v1.Nothing/Push", "/tsugi.v1.ControlService/Describe", "/../../etc/passwd", "/%00"} {
		if got := o.asked(t, http.MethodPost, path, map[string]string{"Content-Type": "application/json"}, good); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d: %s", path, got.status, got.body)
		}
	}
	if got := o.asked(t, http.MethodGet, "/healthz", nil, nil); got.status != http.StatusNoContent {
		t.Errorf("the server calls itself ill: %d", got.status)
	}
	o.noMistake(t)
}

// Bodies of gRPC and gRPC-Web are none of ours, though the library reads them.
func TestOtherProtocolsAreNoTrouble(t *testing.T) {
	t.Parallel()
	o := setup(t)
	for procedure := range procedures() {
		for _, content := range []string{"application/grpc", "application/grpc+proto", "application/grpc-web", "application/grpc-web+json", "application/grpc-web-text"} {
			for _, body := range [][]byte{nil, {0xff}, envelope([]byte{0xff, 0xff}), {0, 0xff, 0xff, 0xff, 0xff}} {
				got := o.asked(t, http.MethodPost, procedure, map[string]string{
					"Content-Type": content, "Authorization": "Bearer " + o.admin.tokens.GetAccess(),
				}, body)
				if got.status >= 500 {
					t.Errorf("%s as %s: status %d: %s", procedure, content, got.status, got.body)
				}
			}
		}
	}
	o.noMistake(t)
}

// many returns n submissions that can be told apart.
func many(n uint64) []*tsugiv1.Submission {
	var out []*tsugiv1.Submission
	for i := range n {
		command, target := id.New[id.Command](), id.New[id.Stream]()
		out = append(out, &tsugiv1.Submission{Mid: i + 1, CommandId: command.Bytes(), StreamId: target.Bytes()})
	}
	return out
}

// Messages that are well formed and still make no sense.
func TestNonsenseIsTheClientsFault(t *testing.T) {
	t.Parallel()
	o := setup(t)
	in := o.admin.declare(t, o)
	sixteen, short := make([]byte, 16), []byte("short")
	sixteen[0] = 1
	for name, c := range map[string]struct {
		procedure string
		message   proto.Message
	}{
		"a push from nobody":              {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{}},
		"a push with a short client id":   {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{ClientId: short, Generation: short}},
		"a push from the zero client":     {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{ClientId: make([]byte, 16), Generation: short}},
		"a push without a generation":     {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{ClientId: sixteen}},
		"a push with a long generation":   {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{ClientId: sixteen, Generation: make([]byte, 65)}},
		"a push of too much":              {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{ClientId: sixteen, Generation: short, Submissions: many(1001)}},
		"a command without a number":      {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{ClientId: sixteen, Generation: short, Submissions: []*tsugiv1.Submission{{CommandId: sixteen, StreamId: sixteen}}}},
		"a command without an id":         {tsugiv1connect.SyncServicePushProcedure, &tsugiv1.PushRequest{ClientId: sixteen, Generation: short, Submissions: []*tsugiv1.Submission{{Mid: 1, StreamId: sixteen}}}},
		"a backfill of nothing":           {tsugiv1connect.SyncServiceBackfillProcedure, &tsugiv1.BackfillRequest{}},
		"a backfill of a short id":        {tsugiv1connect.SyncServiceBackfillProcedure, &tsugiv1.BackfillRequest{StreamId: short}},
		"a backfill of what is not there": {tsugiv1connect.SyncServiceBackfillProcedure, &tsugiv1.BackfillRequest{StreamId: sixteen, Before: 9}},
		"a backfill from beyond all":      {tsugiv1connect.SyncServiceBackfillProcedure, &tsugiv1.BackfillRequest{StreamId: in.Bytes(), Before: 1<<64 - 1}},
		"a fill of a short id":            {tsugiv1connect.SyncServiceFillProcedure, &tsugiv1.FillRequest{ScopeId: short}},
		"a fill of somebody else's":       {tsugiv1connect.SyncServiceFillProcedure, &tsugiv1.FillRequest{ScopeId: sixteen, Before: 9}},
		"a tail from a short scope":       {tsugiv1connect.SyncServiceTailProcedure, &tsugiv1.TailRequest{Cursors: []*tsugiv1.Cursor{{ScopeId: short}}}},
		"a tail from a forged cursor":     {tsugiv1connect.SyncServiceTailProcedure, &tsugiv1.TailRequest{Cursors: []*tsugiv1.Cursor{{ScopeId: o.admin.actor.Person.Bytes(), ScopePos: 3}}}},
		"a pull from a forged cursor":     {tsugiv1connect.SyncServicePullProcedure, &tsugiv1.PullRequest{Cursors: []*tsugiv1.Cursor{{ScopeId: o.admin.actor.Person.Bytes(), ScopePos: 3}}}},
		"a pull from a short scope":       {tsugiv1connect.SyncServicePullProcedure, &tsugiv1.PullRequest{Cursors: []*tsugiv1.Cursor{{ScopeId: short}}}},
		"an invitation of nobody":         {tsugiv1connect.PeopleServiceInviteProcedure, &tsugiv1.InviteRequest{}},
		"an invitation of a short id":     {tsugiv1connect.PeopleServiceInviteProcedure, &tsugiv1.InviteRequest{PersonId: short}},
		"an invitation of a stranger":     {tsugiv1connect.PeopleServiceInviteProcedure, &tsugiv1.InviteRequest{PersonId: sixteen}},
		"an invitation of a long name":    {tsugiv1connect.PeopleServiceInviteProcedure, &tsugiv1.InviteRequest{Name: strings.Repeat("x", 10_000)}},
		"an enrolment without a key":      {tsugiv1connect.AccessServiceEnrolProcedure, &tsugiv1.EnrolRequest{Code: o.invite(t, "Bob", false).GetCode(), DeviceName: "desk"}},
		"an enrolment with a short key":   {tsugiv1connect.AccessServiceEnrolProcedure, &tsugiv1.EnrolRequest{Code: o.invite(t, "Bob", false).GetCode(), DeviceName: "desk", PublicKey: short}},
		"an enrolment without a name":     {tsugiv1connect.AccessServiceEnrolProcedure, &tsugiv1.EnrolRequest{Code: o.invite(t, "Bob", false).GetCode(), PublicKey: make([]byte, 32)}},
		"an enrolment of a long name":     {tsugiv1connect.AccessServiceEnrolProcedure, &tsugiv1.EnrolRequest{Code: o.invite(t, "Bob", false).GetCode(), PublicKey: make([]byte, 32), DeviceName: strings.Repeat("x", 10_000)}},
		"an enrolment with a wrong code":  {tsugiv1connect.AccessServiceEnrolProcedure, &tsugiv1.EnrolRequest{Code: "0000-0000", PublicKey: make([]byte, 32), DeviceName: "desk"}},
		"a refresh of nothing":            {tsugiv1connect.AccessServiceRefreshProcedure, &tsugiv1.RefreshRequest{}},
		"a refresh of garbage":            {tsugiv1connect.AccessServiceRefreshProcedure, &tsugiv1.RefreshRequest{Refresh: "tsugi_refresh_" + strings.Repeat("A", 75), Signature: make([]byte, 64)}},
	} {
		body, err := proto.Marshal(c.message)
		if err != nil {
			t.Fatal(err)
		}
		content := "application/proto"
		if procedures()[c.procedure] {
			content, body = "application/connect+proto", envelope(body)
		}
		got := o.asked(t, http.MethodPost, c.procedure, map[string]string{
			"Content-Type": content, "Authorization": "Bearer " + o.admin.tokens.GetAccess(),
		}, body)
		if name == "a backfill from beyond all" {
			if got.status >= 500 {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		wantClientsFault(t, name, got)
	}
	o.noMistake(t)
}

// A command that cannot be carried out, or not even be read, is answered in its place; the push as a
// whole succeeds, or one bad command would hold up all that come after it.
func TestABadCommandIsAnsweredInItsPlace(t *testing.T) {
	t.Parallel()
	o := setup(t)
	in := id.New[id.Stream]()
	bad := []*tsugiv1.Submission{
		{},
		{StreamId: in.Bytes()},
		{StreamId: []byte("short")},
		{StreamId: in.Bytes(), Command: &tsugiv1.Command{}},
		{StreamId: in.Bytes(), Command: &tsugiv1.Command{Body: &tsugiv1.Command_Write{}}},
		{StreamId: in.Bytes(), Command: &tsugiv1.Command{Body: &tsugiv1.Command_Write{Write: &tsugiv1.Write{EntryId: []byte("short")}}}},
		{StreamId: in.Bytes(), Command: &tsugiv1.Command{Body: &tsugiv1.Command_Import{Import: &tsugiv1.Import{Key: "x"}}}},
		{StreamId: in.Bytes(), Command: &tsugiv1.Command{Body: &tsugiv1.Command_AddPerson{}}},
		{StreamId: in.Bytes(), Command: &tsugiv1.Command{Body: &tsugiv1.Command_ChangeStatus{ChangeStatus: &tsugiv1.ChangeStatus{To: 1 << 31}}}},
	}
	req := &tsugiv1.PushRequest{ClientId: o.admin.client.Bytes(), Generation: []byte("x"), Submissions: bad}
	for i, s := range bad {
		command := id.New[id.Command]()
		s.Mid, s.CommandId = uint64(i)+1, command.Bytes()
		s.Written = &tsugiv1.Moment{WallUs: -1 << 63, BootUs: 1<<63 - 1, BootId: strings.Repeat("x", 1000)}
	}
	req.Now = &tsugiv1.Moment{WallUs: 1<<63 - 1, BootUs: -1 << 63}
	resp, err := o.admin.sync.Push(o.ctx, req)
	if err != nil || len(resp.GetOutcomes()) != len(bad) || resp.GetLastMid() != uint64(len(bad)) {
		t.Fatalf("%+v, %v", resp, err)
	}
	for i, out := range resp.GetOutcomes() {
		if out.GetKind() != tsugiv1.OutcomeKind_OUTCOME_KIND_REJECTED || out.GetFault().GetMessage() == "" {
			t.Errorf("command %d: %+v", i, out)
		}
	}
	o.noMistake(t)
}

// FuzzHandler throws whatever comes to mind at every procedure.
func FuzzHandler(f *testing.F) {
	o := setup(f)
	names := slices.Sorted(maps.Keys(procedures()))
	contents := []string{"application/proto", "application/json", "application/connect+proto", "application/connect+json", "application/grpc-web+proto"}
	for i := range names {
		for k := range contents {
			f.Add(uint8(i), uint8(k), []byte("{}"))
			f.Add(uint8(i), uint8(k), envelope([]byte(`{"cursors":[{}]}`)))
		}
	}
	push, err := proto.Marshal(o.admin.request(f, o, id.New[id.Stream]()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(0), uint8(0), push)
	f.Fuzz(func(t *testing.T, procedure, content uint8, body []byte) {
		got := o.asked(t, http.MethodPost, names[int(procedure)%len(names)], map[string]string{
			"Content-Type":       contents[int(content)%len(contents)],
			"Authorization":      "Bearer " + o.admin.tokens.GetAccess(),
			"Connect-Timeout-Ms": "100",
			"Grpc-Timeout":       "100m",
		}, body)
		if got.status >= 500 && got.status != http.StatusGatewayTimeout {
			t.Errorf("status %d: %s", got.status, got.body)
		}
		o.noMistake(t)
	})
}
