package desktop_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/tsugi-app/tsugi/app/desktop"
)

func TestTheSystemsZoneHasItsName(t *testing.T) {
	t.Parallel()
	link := func(to string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink} }
	for _, c := range []struct {
		tz, want string
		root     fstest.MapFS
	}{
		{"Asia/Tokyo", "Asia/Tokyo", fstest.MapFS{"etc/timezone": {Data: []byte("Europe/Paris\n")}}},
		{":Asia/Tokyo", "Asia/Tokyo", nil},
		{":/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo", nil},
		{"Moon/Base", "Europe/Paris", fstest.MapFS{"etc/timezone": {Data: []byte("Europe/Paris\n")}}},
		{"", "Europe/Berlin", fstest.MapFS{"etc/localtime": link("../usr/share/zoneinfo/Europe/Berlin"), "etc/timezone": {Data: []byte("Europe/Paris\n")}}},
		{"", "Europe/Paris", fstest.MapFS{"etc/localtime": {Data: []byte("TZif2")}, "etc/timezone": {Data: []byte("Europe/Paris\n")}}},
		{"", "Local", fstest.MapFS{}},
	} {
		got := desktop.Zone(func(name string) string { return map[string]string{"TZ": c.tz}[name] }, c.root)
		if got.String() != c.want {
			t.Errorf("TZ=%q, %v: %v, want %s", c.tz, c.root, got, c.want)
		}
	}
}
