package words

// Policies are the texts around whom incidents reach, and in which order.
type Policies struct {
	Page, Title, Lead              string
	New, Edit, ListHead            string
	NewTitle, EditTitle            string // EditTitle: which
	EditLead                       string
	EmptyTitle, EmptyText          string
	EmptyButton                    string
	Retired, RetiredLead, TakeUp   string
	Reaches, ReachesNone           string // Reaches: severities
	RolesHead, RolesText           string
	RouteHead, RouteText           string
	RouteDefault, RouteAdmins      string
	RouteGone, RouteQuiet          string
	RouteNone, BeQuiet, BeLoud     string
	RoleNone                       string
	Go, Write, Also, NewAlso       string
	EditCommand                    string // which
	AsOf                           string // since when the server is not reached
	ForHead                        string
	Name, NameHint                 string
	Step, StepFirst, Wait          string // Step: which
	WaitUnit                       string
	AddTarget, TakeOut             string // TakeOut: whom
	Up, Down, Drop, AddStep        string
	Repeats, RepeatsHint           string
	Save, Create, Retire           string
	RetireTitle, RetireText        string // RetireTitle: which
	RetireYes                      string
	MinutesWrong, RepeatsWrong     string
	Says, NightHead, NightNow      string
	NightLead, Moment              string
	Rotation, Person               string
	Incomplete                     string
	Whoever                        string // rotation
	UnknownRotation                string
	First, Then                    string // whom; how long, whom
	Nobody                         string
	OverOnce, OverTimes            string // how long; how long, how often
	AtLast                         string // how long
	NobodyAtAll                    string
	Minute, Minutes                string // how many
	Hour, Hours                    string
	Falls, FallsAgain              string // whom
	Skipped                        string // which step
	Admins                         string // whom
	Ends                           string
	More                           string // how many
	WarnStep, WarnStepLater        string // which step; which step, when
	WarnRotation, WarnRotationGap  string // rotation; rotation, when
	WarnRotationGone               string
	WarnRotationEnded              string // rotation
	WarnUnreached, WarnGone        string // who
	WarnOnlyOpen, WarnOnlyMail     string // who
	WarnCircle                     string // which step
	WarnNowhere, WarnNobody        string
	WarnQuiet                      string // severities
	WarnUnrouted                   string
	WarnSeverity, WarnSeverityNone string // severity
	WarnSeverityGone               string // severity
	WarnNoAdmins                   string
}

func englishPolicies() Policies {
	p := Policies{
		Page: "Paging", Title: "Who is paged, and in which order",
		Lead: "A policy says whom an incident reaches, and who comes next if nobody answers.",
		New:  "New policy", Edit: "Change", ListHead: "THE POLICIES",
		NewTitle: "A new policy", EditTitle: "Change %s", EditLead: "Say whom it reaches first, and how long it is waited for an answer before it reaches the next.",
		EmptyTitle: "No policy yet",
		EmptyText: "A policy reads like a sentence: “First page whoever is on call in Payments. If nobody answers within 5 minutes, page Ana. Then start over once.” " +
			"Until there is one, an incident reaches whoever is on call as IMOC, and the admins where nobody is.",
		EmptyButton: "Write the first policy",
		Retired:     "NO LONGER IN FORCE", RetiredLead: "Nothing is escalated by these any more.", TakeUp: "Take up again",
		Reaches: "For %s", ReachesNone: "For no severity",
		RolesHead: "WHO GETS WHICH ROLE", RolesText: "When an incident begins, whoever is on call gets the role.",
		RouteHead: "WHICH INCIDENTS REACH WHOM", RouteText: "Change it here: it holds for incidents from now on.",
		RouteDefault: "whoever is on call as IMOC, else the admins", RouteAdmins: "the admins", RouteGone: "a policy that is no longer in force",
		RouteQuiet: "rings nowhere at night", RouteNone: "No policy", BeQuiet: "Ring nowhere at night", BeLoud: "Ring also at night",
		RoleNone: "nobody by itself",
		Go:       "See who is paged, and in which order", Write: "Write an escalation policy …", Also: "escalation policy policies paging steps", NewAlso: "create add escalation policy paging",
		EditCommand: "Change the policy %s …",
		AsOf:        "The server is not reached since %s. This is how this device knew it then. What you change is kept here and sent later.",
		Name:        "NAME", NameHint: "Shops are down, Payments, Nights …",
		Rotation: "rotation", Person: "person",
	}
	p.englishForm()
	p.englishSentences()
	p.englishWarnings()
	return p
}

func (p *Policies) englishForm() {
	p.Step, p.StepFirst, p.Wait, p.WaitUnit = "STEP %d", "STEP 1: AT ONCE", "Wait for an answer", "minutes"
	p.AddTarget, p.TakeOut = "Add a rotation or a person by name", "Take %s out"
	p.Up, p.Down, p.Drop, p.AddStep = "Earlier", "Later", "Remove this step", "Add a step"
	p.Repeats, p.RepeatsHint = "START OVER", "How often, from 0 to 9, if nobody has answered"
	p.Save, p.Create, p.Retire = "Save", "Create", "Take out of force …"
	p.RetireTitle, p.RetireText = "Take %s out of force?", "Severities that go by it reach whoever is on call as IMOC, else the admins. What is under way goes on as it began, and it can be taken up again."
	p.RetireYes = "Take it out of force"
	p.MinutesWrong, p.RepeatsWrong = "Write how many minutes, from 1 to 1440.", "Write a whole number from 0 to 9."
	p.NightLead = "If an incident began then, and nobody answered:"
	p.ForHead = "FOR WHICH INCIDENTS"
	p.Says, p.NightHead, p.NightNow, p.Moment = "WHAT IT SAYS", "WHO WOULD BE PAGED", "now", "It begins at: 15:04, or 2006-01-02 15:04"
	p.Incomplete = "As soon as it is filled in, this says who is paged when."
}

func (p *Policies) englishSentences() {
	p.Whoever, p.UnknownRotation, p.Nobody = "whoever is on call in %s", "an unknown rotation", "nobody"
	p.First, p.Then = "First page %s.", "If nobody answers within %s, page %s."
	p.OverOnce, p.OverTimes = "If nobody answers within %s, start over once.", "If nobody answers within %s, start over, up to %d times."
	p.AtLast = "If nobody has answered %s after that, nobody else is paged: the incident says so in red."
	p.NobodyAtAll = "Where no step reaches anybody, the admins are paged."
	p.Minute, p.Minutes, p.Hour, p.Hours = "a minute", "%s minutes", "an hour", "%d hours"
	p.Falls, p.FallsAgain = "%s", "%s again"
	p.Skipped, p.Admins = "Step %d reaches nobody: at once the next", "%s, as admin: no step reaches anybody"
	p.Ends, p.More = "Nobody is left. The incident says that nobody answered.", "and %d more lines"
}

func (p *Policies) englishWarnings() {
	p.WarnStep, p.WarnStepLater = "Step %d reaches nobody now: it is skipped.", "Step %d reaches nobody from %s on: it will be skipped then."
	p.WarnRotation, p.WarnRotationGap = "Nobody is on call in %s now.", "Nobody is on call in %s: %s."
	p.WarnRotationGone, p.WarnRotationEnded = "It names a rotation that this device does not know.", "The rotation %s has ended."
	p.WarnUnreached, p.WarnGone = "There is no way to reach %s.", "It names somebody who is not here any more."
	p.WarnOnlyOpen = "Only an open client reaches %s: while it is closed, nothing rings."
	p.WarnOnlyMail = "Only e-mail reaches %s: it does not ring."
	p.WarnCircle = "Step %d reaches nobody new now: everybody in it has been paged before."
	p.WarnNowhere = "No step reaches anybody now: only the admins would be paged."
	p.WarnNobody = "No step reaches anybody now, and no admin can be reached either: nobody would be paged."
	p.WarnQuiet = "For %s nothing rings at night: it waits until somebody looks."
	p.WarnUnrouted = "No severity goes by it: it pages nobody."
	p.WarnSeverity = "%s has no policy: if whoever is on call as IMOC does not answer, nobody comes next."
	p.WarnSeverityNone = "%s has no policy, and IMOC has no rotation: only the admins are paged."
	p.WarnSeverityGone = "%s goes by a policy that is no longer in force: it is as if it had none."
	p.WarnNoAdmins = "Nothing reaches any admin: where no step reaches anybody, nobody is paged."
}
