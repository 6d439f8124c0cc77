package desktop_test

import (
	"context"
	"net"
	"os"
	"testing"

	"github.com/tsugi-app/tsugi/app/desktop"
)

// short returns a folder whose path is short enough for a socket's address.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tsugi-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// serve opens the doorway and returns where links arrive.
func serve(t *testing.T, dir string) <-chan desktop.Link {
	t.Helper()
	door, err := desktop.OpenDoorway(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	links, done := make(chan desktop.Link, 8), make(chan struct{})
	go func() {
		defer close(done)
		door.Serve(t.Context(), func(l desktop.Link) { links <- l })
	}()
	t.Cleanup(func() {
		if err := door.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return links
}

func TestASecondStartHandsItsLinkToTheFirst(t *testing.T) {
	t.Parallel()
	dir := short(t)
	links := serve(t, dir)
	for _, want := range []desktop.Link{{}, {Number: 214}, {Declare: true, Title: "Checkout fails & more\u00a0"}} {
		if err := desktop.HandOver(t.Context(), dir, want); err != nil {
			t.Fatal(err)
		}
		if want.Title != "" {
			want.Title = "Checkout fails & more"
		}
		if got := <-links; got != want {
			t.Errorf("handed over was %+v, want %+v", got, want)
		}
	}
}

func TestWhatAKilledClientLeftBehindDoesNotBlockTheNext(t *testing.T) {
	t.Parallel()
	dir := short(t)
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: desktop.Socket(dir), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	links := serve(t, dir)
	if err := desktop.HandOver(t.Context(), dir, desktop.Link{Number: 7}); err != nil {
		t.Fatal(err)
	}
	if got := <-links; got.Number != 7 {
		t.Errorf("handed over was %+v", got)
	}
}

func TestRubbishAtTheDoorOpensNothing(t *testing.T) {
	t.Parallel()
	dir := short(t)
	links := serve(t, dir)
	for _, rubbish := range []string{"https://example.com\n", "\x00\xff\n", "GET / HTTP/1.1\r\n\r\n"} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "unix", desktop.Socket(dir))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(rubbish)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 16)); n > 0 || err == nil {
			t.Errorf("%q was answered", rubbish)
		}
		_ = conn.Close()
	}
	if err := desktop.HandOver(t.Context(), dir, desktop.Link{Number: 1}); err != nil {
		t.Fatal(err)
	}
	if got := <-links; got.Number != 1 {
		t.Errorf("rubbish opened %+v", got)
	}
}

func TestNobodyThereIsAnError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := desktop.HandOver(ctx, short(t), desktop.Link{}); err == nil {
		t.Error("it was handed over to nobody")
	}
}
