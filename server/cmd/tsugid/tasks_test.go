package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// dead puts dead tasks behind the server's back: nothing is sent yet that could fail.
func dead(t *testing.T, dir string, number int, queue, end string) {
	t.Helper()
	tamper(t, dir, fmt.Sprintf(`INSERT INTO task (number, id, queue, about, rank, due_us, end_us, body, state, tries, ended_us, problem)
	  VALUES (%d, randomblob(16), '%s', zeroblob(16), 0, 1, %s, x'', 3, 5, 1700000000000000, 'no such number')`, number, queue, end))
}

func TestAnAdminSeesDeadTasksAndRunsThemAgain(t *testing.T) {
	t.Parallel()
	const never, over = "9223372036854775807", "1700000000000001"
	if got := tsugid(t, short(t), "tasks"); got.code != 1 || !strings.Contains(got.errors, "There is no installation") {
		t.Errorf("in an empty folder: %+v", got)
	}
	dir, _ := saved(t)
	if got := tsugid(t, dir, "tasks"); got.code != 0 || got.out != "No task has failed for good.\n" {
		t.Errorf("at first: %+v", got)
	}
	dead(t, dir, 7, "sms", never)
	dead(t, dir, 8, "sms", over)
	dead(t, dir, 9, "mail", never)
	dead(t, dir, 10, "mail", never)
	got := tsugid(t, dir, "tasks", "list", "--limit", "3")
	if got.code != 0 || !regexp.MustCompile(`(?m)^ +8 .* sms .* 5 tries: no such number  \(too late to run again\)$`).MatchString(got.out) ||
		!strings.Contains(got.out, "1 more have failed") || !strings.Contains(got.out, "tasks again") {
		t.Errorf("listed: %+v", got)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"list", "--limit", "0"}, 1, "At least one"},
		{[]string{"again"}, 1, "It is not clear which"},
		{[]string{"again", "7", "--all"}, 1, "It is not clear which"},
		{[]string{"again", "7", "--queue", "sms"}, 1, "It is not clear which"},
		{[]string{"again", "8"}, 1, "It is too late for task 8"},
		{[]string{"again", "7", "11"}, 1, "There is no dead task 11."},
		{[]string{"again", "7"}, 0, "Tried anew: 1."},
		{[]string{"again", "7"}, 1, "There is no dead task 7."},
		{[]string{"again", "--all", "--queue", "mail"}, 0, "Tried anew: 2. Left, because it is too late for them: 0."},
		{[]string{"again", "--all"}, 0, "Tried anew: 0. Left, because it is too late for them: 1."},
	} {
		got := tsugid(t, dir, append([]string{"tasks"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.out+got.errors, c.says) {
			t.Errorf("%v: %+v", c.args, got)
		}
	}
}
