package sample

import (
	"time"

	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// Stories returns the sample incidents, in the order in which they are told: every status, every
// kind, a change of mind, a conflict, a duplicate, and an entry that arrives late.
func Stories() []Story {
	return []Story{invoices(), backupDisk(), gameDay(), login(), terminals(), search(), scanners(), payroll(), twice(), Checkout()}
}

// What is said in the checkout story, where other lines come back to it.
const (
	whitePage = "Customers call: the page after “Pay” stays white. Since about ten minutes."
	outOfDisk = "**db-7 is out of disk**, writes stall:\n```\n$ df -h /var\n/dev/sda2  1.8T  1.8T     0 100%\n```\nFreeing space now."
	calls     = "Support has 140 calls. What may we say?"
	wording   = "Say: we know, we are on it, no order is lost. Next word in 30 minutes."
	typo      = "Same here in the shop: cars are refused, cash works."
	secret    = "The database's password is sample-not-a-secret."
	informing = "Tell the big customers"
	freezing  = "Freeze deploys"
)

// Checkout is the one that burns, and goes on while somebody watches.
func Checkout() Story {
	return Story{"checkout", []Line{
		{Who: ben, Does: declares("Checkout broken?", 2, incident.Real, "checkout")},
		{Who: ben, Does: says(whitePage)},
		{Who: ada, Does: makes(ada, workspace.IMOC)},
		{Who: ada, Does: says("I lead. Who knows the order database?")},
		{Who: cleo, Does: makes(cleo, workspace.Owner)},
		{Who: cleo, Does: says(outOfDisk)},
		{Who: ada, Does: stars(outOfDisk)},
		{Who: cleo, Does: marks(incident.CauseNow, outOfDisk)},
		{Who: cleo, Does: links("https://dash.example.com/db-7", "dashboard")},
		{Who: eli, Does: says(typo)},
		{Who: eli, Does: edits(typo, "Same here in the shop: cards are refused, cash works.")},
		{Who: eli, Does: says("Our network is going down as well. I go on writing here."), Away: true},
		{Who: eli, Does: rates(3, "only our shop, I think"), Away: true},
		{Who: ada, Does: rates(1, "all shops are affected")},
		{Who: ada, Does: retitles("Checkout fails for everyone")},
		{Who: ada, Does: makes(dora, workspace.Communications)},
		{Who: ada, Does: asks(dora, informing)},
		{Who: ada, Does: asks(cleo, freezing)},
		{Who: cleo, Does: finishes(cleo, freezing)},
		{Who: ben, Does: says("Orders per minute:"), Chart: true},
		{Who: dora, Does: says(calls)},
		{Who: ada, Does: updates(wording)},
		{Who: ada, Does: promises(30 * time.Minute)},
		{Who: dora, Does: pins(wording)},
		{Who: ben, Does: says(secret)},
		{Who: ada, Does: erases(secret, "a password")},
		{Who: cleo, Does: tags("db-7")},
		{Who: admin, Does: says("I read along. Tell me what you need.")},
	}}
}

// twice is the checkout once more, declared by somebody who had not seen the other: it is merged into that.
func twice() Story {
	return Story{"twice", []Line{
		{Who: dora, Does: declares("The shop takes no cards", 3, incident.Real, "checkout", "shops")},
		{Who: dora, Does: says("Two journalists ask why nobody can pay.")},
	}}
}

func payroll() Story {
	return Story{"payroll", []Line{
		{Who: fay, Does: declares("Payroll file has not reached the bank", 3, incident.Real, "payroll")},
		{Who: fay, Does: says("The bank takes files until 16:00. If it is not there by then, salaries are a day late.")},
		{Who: fay, Does: rates(2, "it concerns all 300 of us")},
		{Who: ben, Does: makes(ben, workspace.Owner)},
		{Who: ben, Does: says("The export hangs at 80 %. I start it by hand.")},
		{Who: fay, Does: makes(fay, workspace.Legal)},
	}}
}

func scanners() Story {
	return Story{"scanners", []Line{
		{Who: eli, Does: declares("Warehouse scanners lose their connection", 2, incident.Real, "warehouse", "wifi")},
		{Who: ada, Does: makes(ada, workspace.Owner)},
		{Who: ada, Does: says("Two of nine access points restarted over night with the old configuration.")},
		{Who: ada, Does: moves(incident.Resolved, "configuration is back")},
		{Who: eli, Does: moves(incident.Open, "row 14 is dead again")},
		{Who: ada, Does: says("Row 14 hangs on a third one. Swapped for the spare; a new one is ordered.")},
		{Who: ada, Does: moves(incident.Mitigated, "the spare holds, the cause is still there")},
	}}
}

func search() Story {
	return Story{"search", []Line{
		{Who: dora, Does: declares("Search is slow for visitors who are not logged in", 3, incident.Real, "search")},
		{Who: cleo, Does: makes(cleo, workspace.Owner)},
		{Who: cleo, Does: says("An index was missing after the last release; it is being built.")},
		{Who: cleo, Does: moves(incident.Mitigated, "half of the traffic goes to the former version")},
		{Who: cleo, Does: moves(incident.Resolved, "index is there, answers take 40 ms again")},
	}}
}

func terminals() Story {
	return Story{"terminals", []Line{
		{Who: eli, Does: declares("All shops get new card terminals on Sunday", 3, incident.Informational, "shops")},
		{Who: eli, Does: says("Nothing to do: whoever wonders about the boxes knows now.")},
		{Who: eli, Does: moves(incident.Closed, "everybody knows")},
	}}
}

func login() Story {
	return Story{"login", []Line{
		{Who: dora, Does: declares("Login fails with company accounts", 2, incident.Real, "login")},
		{Who: ada, Does: says("Works for me and for five others.")},
		{Who: dora, Does: moves(incident.Invalid, "caps lock. Sorry!")},
	}}
}

func gameDay() Story {
	return Story{"gameday", []Line{
		{Who: ada, Does: declares("Game day: lose the second data centre", 2, incident.GameDay, "drill")},
		{Who: ada, Does: makes(cleo, workspace.IMOC)},
		{Who: cleo, Does: says("Switched over in 6 minutes; the mail relay was forgotten.")},
		{Who: cleo, Does: makes("", workspace.IMOC)},
		{Who: ada, Does: moves(incident.Resolved, "drill is over")},
	}}
}

func backupDisk() Story {
	return Story{"backup", []Line{
		{Who: cleo, Does: declares("Backup disk was at 97 %", 3, incident.NearMiss, "backup")},
		{Who: cleo, Does: says("Seen by chance. One more week and the backups would have stopped.")},
		{Who: ada, Does: says("Good catch! The warning at 80 % went to a mailbox that nobody reads.")},
		{Who: cleo, Does: moves(incident.Closed, "old backups moved, warning goes to us now")},
	}}
}

func invoices() Story {
	return Story{"invoices", []Line{
		{Who: ben, Does: declares("Two invoices were sent twice", 3, incident.Real, "billing")},
		{Who: fay, Does: joins()},
		{Who: fay, Does: says("A short letter to both customers is enough.")},
		{Who: ben, Does: moves(incident.Resolved, "letters are out")},
		{Who: ben, Does: moves(incident.Closed, "written down, nothing left to do")},
	}}
}
