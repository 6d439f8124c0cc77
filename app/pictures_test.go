package app_test

import (
	"context"
	"errors"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/tsugi-app/tsugi/app"
	"github.com/tsugi-app/tsugi/app/present"
	"github.com/tsugi-app/tsugi/app/theme"
	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// desk returns a started desk over a fake, in a window without a screen.
func desk(t *testing.T, f *fake, look theme.Choice) *app.Desk {
	t.Helper()
	return deskWith(t, f, look, widget.Direct{})
}

func deskWith(t *testing.T, f *fake, look theme.Choice, work widget.Work) *app.Desk {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(look))
	d := app.New(app.Params{
		App: a, Session: f, Work: work, View: f.View(), Now: f.now,
		Preset: present.Enrolment{Device: "anna-laptop"}, Pasted: func() []byte { return f.clipboard },
	})
	d.Start()
	return d
}

// TestPictures draws every page into the folder that TSUGI_PICTURES names, to be looked at.
func TestPictures(t *testing.T) {
	folder := os.Getenv("TSUGI_PICTURES")
	if folder == "" {
		t.Skip("TSUGI_PICTURES names no folder")
	}
	looks := map[string]theme.Choice{"dark": theme.Dark, "light": theme.Light}
	sizes := map[string]fyne.Size{"1440x900": fyne.NewSize(1440, 900), "1024x700": fyne.NewSize(1024, 700)}
	for name, scene := range scenes() {
		if only := os.Getenv("TSUGI_PICTURES_ONLY"); only != "" && !strings.Contains(only, name) {
			continue
		}
		for look, choice := range looks {
			for sizeName, size := range sizes {
				d := scene(t, choice)
				d.Window().Resize(size)
				d.Tick(d.Now())
				d.Window().Resize(size)
				save(t, filepath.Join(folder, name+"-"+look+"-"+sizeName+".png"), d.Window().Canvas())
			}
		}
	}
}

func save(t *testing.T, path string, c fyne.Canvas) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(file, c.Capture()), file.Close()); err != nil {
		t.Fatal(err)
	}
}

func scenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	open := func(page string) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			f.unsent = someUnsent(f)
			d := desk(t, f, look)
			d.Open(page)
			return d
		}
	}
	all := map[string]func(*testing.T, theme.Choice) *app.Desk{
		"board": open("board"), "declare": open("declare"), "unsent": open("unsent"), "people": open("people"),
		"board-empty": func(t *testing.T, look theme.Choice) *app.Desk {
			d := desk(t, empty(), look)
			return d
		},
		"enrol": func(t *testing.T, look theme.Choice) *app.Desk {
			f := empty()
			f.enrolled = false
			d := desk(t, f, look)
			return d
		},
		"room": func(t *testing.T, look theme.Choice) *app.Desk {
			f, in := full()
			f.read[in] = 15
			d := desk(t, f, look)
			d.OpenRoom(in)
			return d
		},
		"room-offline":  offlineRoom,
		"room-severity": tapped("severity", ""), "room-status": tapped("onward", ""), "room-role": tapped("role legal", ""),
		"room-tag": tapped("add tag", "pay"), "room-audit": tapped("tab "+spoken().Room.Audit, ""), "room-facts": tapped("facts", ""),
		"board-shut-out": shutOut("board"), "enrol-again": shutOut("enrol"), "room-shut-out": shutOut("room"),
		"board-nasty": nasty("board"), "room-nasty": nasty("room"), "unsent-nasty": nasty("unsent"), "people-nasty": nasty("people"),
		"board-filling": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			f.missing, f.conn.Rebuilt = 21652, true
			return desk(t, f, look)
		},
	}
	maps.Copy(all, moreScenes())
	maps.Copy(all, termScenes())
	maps.Copy(all, handScenes())
	maps.Copy(all, deskScenes())
	maps.Copy(all, sightScenes())
	maps.Copy(all, pagingScenes())
	maps.Copy(all, reachScenes())
	maps.Copy(all, dutyScenes())
	maps.Copy(all, policyScenes())
	maps.Copy(all, callScenes())
	maps.Copy(all, begunScenes())
	maps.Copy(all, checklistScenes())
	maps.Copy(all, pingScenes())
	maps.Copy(all, strangerScenes())
	return all
}

// proseRoom is a room in which people wrote with markup.
func proseRoom(t *testing.T, look theme.Choice) *app.Desk {
	f, in := full()
	for _, text := range []string{
		"@Cleo Sample **db-7** is back, see INC-213 and https://wiki.example.com/db-7:\n- [x] space freed\n- [ ] `reindex` #orders\n\n" +
			"> may we tell customers?\n\nNot yet.",
		"```\n$ df -h /var\nFilesystem  Size  Used Avail Use%\n/dev/sda1    98G   61G   37G  63%\n```",
		"| shop | since | orders lost |\n|---|---|---:|\n| north | 10:02 | 12 |\n| south and east | 10:04 | 1,340 |",
	} {
		_ = f.submit(in, f.self, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: text})
	}
	d := desk(t, f, look)
	d.OpenRoom(in)
	return d
}

func moreScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"room-prose": proseRoom, "room-others": othersRoom,
		"people-invite": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			d.Open("people")
			e := eyes{t, d, d.Window().Canvas()}
			e.tap("invite")
			e.types("Jo Lund")
			e.key(fyne.KeyReturn)
			e.key(fyne.KeyReturn)
			return d
		},
		"people-revoke": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			d.Open("people")
			eyes{t, d, d.Window().Canvas()}.tap("revoke")
			return d
		},
		"board-offline": func(t *testing.T, look theme.Choice) *app.Desk {
			d := offlineRoom(t, look)
			d.Open("board")
			return d
		},
		"board-trouble": func(t *testing.T, look theme.Choice) *app.Desk {
			f, _ := full()
			d := desk(t, f, look)
			f.failure = fault.New(fault.Storage, "The disk is full.").
				WithAdvice("Everything written so far is kept.", "Free some space and try again.")
			d.Changed()
			return d
		},
	}
}

// tapped is the room after something in it was pressed.
func tapped(name, typed string) func(*testing.T, theme.Choice) *app.Desk {
	return func(t *testing.T, look theme.Choice) *app.Desk {
		f, in := full()
		d := desk(t, f, look)
		width := float32(1440)
		if name == "facts" {
			width = 1024
		}
		d.Window().Resize(fyne.NewSize(width, 900))
		d.OpenRoom(in)
		e := eyes{t, d, d.Window().Canvas()}
		e.tap(name)
		if typed != "" {
			e.types(typed)
		}
		return d
	}
}

func offlineRoom(t *testing.T, look theme.Choice) *app.Desk {
	f, in := full()
	d := desk(t, f, look)
	f.conn = present.Connection{Reach: present.Offline, Since: noon().Add(-2 * time.Minute), Pending: 3}
	ctx := context.Background()
	_ = f.Submit(ctx, in, incident.Write{Entry: id.New[id.Entry](), Text: "I lost the network, but I go on writing here."})
	_ = f.Submit(ctx, in, incident.AddTag{Tag: "payment"})
	_, _ = f.Declare(ctx, present.Declaration{Title: "The office has no network", Level: 3})
	d.Changed()
	d.OpenRoom(in)
	return d
}

func someUnsent(f *fake) present.Unsent {
	v := f.view()
	base := func(title string, ago time.Duration) present.Change {
		return present.Change{Command: id.New[id.Command](), Incident: id.New[id.Incident](), Title: title, At: noon().Add(-ago)}
	}
	conflict := &fault.Fault{
		Kind: fault.Conflict, Message: "Somebody else changed the severity meanwhile.",
		Standing: &fault.Standing{Field: "severity", Value: "SEV2", At: noon().Add(-3 * time.Minute)},
	}
	return present.Unsent{Items: []present.Change{
		present.ChangeFrom(base("Checkout fails for everyone", 9*time.Minute), incident.ChangeSeverity{To: 1, Reason: "all shops"}, conflict, v),
		present.ChangeFrom(base("Checkout fails for everyone", 8*time.Minute), incident.Write{Text: "Payments are back in the north."}, nil, v),
		present.ChangeFrom(base("Payroll file arrived late", 4*time.Minute), incident.Retitle{Title: "Payroll"},
			fault.New(fault.TooLarge, "This is too long.").WithAdvice("Your words are still on this device.", "Shorten it and send it again."), v),
	}}
}

// shutOut is a page while the server no longer admits the device.
func shutOut(page string) func(*testing.T, theme.Choice) *app.Desk {
	return func(t *testing.T, look theme.Choice) *app.Desk {
		f, in := full()
		f.former = present.Former{Address: "https://tsugi.example.com", Name: "Ada Sample"}
		f.conn = present.Connection{Reach: present.ShutOut, Since: noon().Add(-2 * time.Minute), Pending: 3}
		d := desk(t, f, look)
		if page == "room" {
			d.OpenRoom(in)
			return d
		}
		d.Open(page)
		return d
	}
}

// nasty is a page full of what people paste: titles without end, words without a space, other scripts.
func nasty(page string) func(*testing.T, theme.Choice) *app.Desk {
	return func(t *testing.T, look theme.Choice) *app.Desk {
		f, in := full()
		by := f.person("Ἀριστοτέλης-Wolfeschlegelsteinhausenbergerdorff von und zu Hohenlangenfels", "Abteilung für außergewöhnlich lange Namen", true,
			strings.Repeat("phone", 20))
		for i, title := range nastyTexts() {
			other := id.New[id.Incident]()
			_ = f.submit(other, by, noon(), noon(), incident.Declare{Title: title, Severity: 1, Tags: []string{strings.Repeat("tag", 16), "数据库"}})
			_ = f.submit(other, by, noon(), noon(), incident.AssignRole{Base: f.base(other), Role: workspace.IMOC, Person: by.Person})
			if i == 0 {
				_ = f.submit(in, by, noon(), noon(), incident.Retitle{Title: title})
				_ = f.submit(in, by, noon(), noon(), incident.AssignRole{Base: f.base(in), Role: workspace.IMOC, Person: by.Person})
			} else if i%2 == 0 {
				_ = f.submit(other, by, noon(), noon(), incident.ChangeStatus{Base: f.base(other), To: incident.Closed})
			}
			_ = f.submit(in, by, noon(), noon(), incident.Write{Entry: id.New[id.Entry](), Text: title})
			_ = f.submit(in, by, noon(), noon(), incident.AddTag{Tag: strings.Repeat("long", 10) + string(rune('a'+i))})
			f.unsent.Items = append(f.unsent.Items, present.ChangeFrom(
				present.Change{Command: id.New[id.Command](), Incident: other, Title: title, At: noon()}, incident.Write{Text: title}, nil, f.view()))
		}
		d := desk(t, f, look)
		if page == "room" {
			d.OpenRoom(in)
			return d
		}
		d.Open(page)
		return d
	}
}

func nastyTexts() []string {
	return []string{
		strings.Repeat("Checkout fails for everybody who pays ", 7) + "at all.",
		strings.Repeat("checkout_fails_", 19),
		"הקופה לא עובדת עבור כל הלקוחות בכל החנויות מאז הבוקר",
		"結帳系統對所有人都失效了，請立即處理這個問題，客戶無法付款，已經持續了四十分鐘。",
		"🔥🔥🔥 Payment 💳 is 👩‍👩‍👧‍👦 broken 🇩🇪 for e\u0301ve\u0301rybody 🔥",
		"الدفع معطل لجميع العملاء في كل المتاجر",
		"決済が全店舗で失敗しています。至急対応してください（ﾊﾝｶｸ、한국어: 모든 고객의 결제가 실패합니다）",
		"Z̸̡͍̮̈́͊a̵̛͓͗l̷̢̹̈́͝g̶͙͌̓ǫ̶̹̈́ is in the till; 👩🏽‍🚒👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣, ไทย नमस्ते, and a mix: INC-214 שלום عالم end",
	}
}

// handScenes are the box, the page for searching, the help and large text.
func handScenes() map[string]func(*testing.T, theme.Choice) *app.Desk {
	scene := func(do func(e eyes, in id.Incident)) func(*testing.T, theme.Choice) *app.Desk {
		return func(t *testing.T, look theme.Choice) *app.Desk {
			f, in := full()
			f.lacking = "Older entries are not on this device yet; they are being fetched."
			d := desk(t, f, look)
			d.Window().Resize(fyne.NewSize(1440, 900))
			do(eyes{t, d, d.Window().Canvas()}, in)
			return d
		}
	}
	larger := func(e eyes) {
		for range 5 {
			e.ctrl(fyne.KeyEqual)
		}
	}
	return map[string]func(*testing.T, theme.Choice) *app.Desk{
		"palette":       scene(func(e eyes, _ id.Incident) { e.ctrl(fyne.KeyK) }),
		"palette-room":  scene(func(e eyes, in id.Incident) { e.OpenRoom(in); e.ctrl(fyne.KeyK); e.types("ass") }),
		"palette-found": scene(func(e eyes, _ id.Incident) { e.ctrl(fyne.KeyK); e.types("ch") }),
		"palette-offer": scene(func(e eyes, _ id.Incident) { e.ctrl(fyne.KeyK); e.types("s") }),
		"search-empty":  scene(func(e eyes, _ id.Incident) { e.ctrl(fyne.KeyF) }),
		"search":        scene(func(e eyes, _ id.Incident) { e.ctrl(fyne.KeyF); e.types("or") }),
		"search-none":   scene(func(e eyes, _ id.Incident) { e.ctrl(fyne.KeyF); e.types("walrus") }),
		"keys":          scene(func(e eyes, _ id.Incident) { e.key(fyne.KeyF1) }),
		"keys-150":      scene(func(e eyes, _ id.Incident) { larger(e); e.key(fyne.KeyF1) }),
		"enrol-150": func(t *testing.T, look theme.Choice) *app.Desk {
			f := empty()
			f.enrolled = false
			d := desk(t, f, look)
			larger(eyes{t, d, d.Window().Canvas()})
			return d
		},
		"board-150":    scene(func(e eyes, _ id.Incident) { larger(e) }),
		"room-150":     scene(func(e eyes, in id.Incident) { larger(e); e.OpenRoom(in) }),
		"search-150":   scene(func(e eyes, _ id.Incident) { larger(e); e.ctrl(fyne.KeyF) }),
		"declare-150":  scene(func(e eyes, _ id.Incident) { larger(e); e.ctrl(fyne.KeyD) }),
		"palette-150":  scene(func(e eyes, _ id.Incident) { larger(e); e.ctrl(fyne.KeyK) }),
		"people-150":   scene(func(e eyes, _ id.Incident) { larger(e); e.ctrl(fyne.Key3) }),
		"terms-150":    scene(func(e eyes, _ id.Incident) { larger(e); e.ctrl(fyne.Key4) }),
		"unsent-150":   scene(func(e eyes, _ id.Incident) { larger(e); e.ctrl(fyne.Key2) }),
		"unsent-empty": scene(func(e eyes, _ id.Incident) { e.ctrl(fyne.Key2) }),
		"room-menu":    scene(func(e eyes, in id.Incident) { e.OpenRoom(in); e.tap("more") }),
	}
}
