package sample

import (
	"encoding/json"
	"fmt"
	"time"
)

// The parts of a status page's history file that samples need.
type (
	historyFile struct {
		Page      historyPage       `json:"page"`
		Incidents []historyIncident `json:"incidents"`
	}
	historyPage struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	historyIncident struct {
		ID         string             `json:"id"`
		Name       string             `json:"name"`
		Impact     string             `json:"impact"`
		Status     string             `json:"status"`
		Created    time.Time          `json:"created_at"`
		Updates    []historyUpdate    `json:"incident_updates"`
		Components []historyComponent `json:"components"`
	}
	historyUpdate struct {
		ID      string    `json:"id"`
		Status  string    `json:"status"`
		Body    string    `json:"body"`
		Created time.Time `json:"created_at"`
	}
	historyComponent struct {
		Name string `json:"name"`
	}
)

// past is one sample incident of former days, with its updates an hour and less apart.
type past struct {
	days    float64
	name    string
	impact  string
	about   string
	updates [][2]string // status and words
}

// pasts returns the incidents of former days, the oldest first.
func pasts() []past {
	return []past{
		{40, "Nobody could log in", "critical", "login", [][2]string{
			{"investigating", "All logins fail."},
			{"identified", "A certificate ran out at midnight."},
			{"monitoring", "The new one is in place."},
			{"resolved", "Logins work. The calendar reminds us from now on."},
		}},
		{16, "Mail arrived hours late", "major", "mail", [][2]string{
			{"investigating", "Mail waits at our provider."}, {"monitoring", "It moves again."}, {"resolved", "All of it has arrived."},
		}},
		{9, "Planned: new tyres for the delivery vans", "maintenance", "shops", [][2]string{
			{"scheduled", "Deliveries start at ten."}, {"completed", "Done."},
		}},
		{5, "Photos missing in the online shop", "minor", "shop", [][2]string{
			{"investigating", "One product in ten has no photo."}, {"resolved", "They were in another folder."},
		}},
		{2.1, "Customers saw prices without tax", "major", "billing", [][2]string{
			{"identified", "A rounding rule was lost in the last release."},
			{"monitoring", "The former release is back."},
			{"resolved", "Nobody was charged wrongly; checked by hand."},
		}},
		{1.2, "Telephone line of support was dead", "minor", "telephone", [][2]string{
			{"investigating", "No calls come in."}, {"resolved", "The provider moved us to another line."},
		}},
	}
}

// History returns a status page's history file with sample incidents of the last weeks before now:
// a server never pretends that its own are older than they are.
func History(now time.Time) ([]byte, error) {
	file := historyFile{Page: historyPage{ID: "tsugi-sample", Name: "Sample status page"}}
	now = now.UTC().Truncate(time.Minute)
	for i, p := range pasts() {
		at := now.Add(-time.Duration(p.days * float64(24*time.Hour)))
		in := historyIncident{
			ID: fmt.Sprintf("sample-%d", i+1), Name: p.name, Impact: p.impact, Created: at,
			Components: []historyComponent{{p.about}, {"sample"}},
		}
		for n, u := range p.updates {
			in.Status = u[0]
			in.Updates = append(in.Updates, historyUpdate{
				ID: fmt.Sprintf("%s-%d", in.ID, n+1), Status: u[0], Body: u[1], Created: at.Add(time.Duration(n*23+2) * time.Minute),
			})
		}
		file.Incidents = append(file.Incidents, in)
	}
	out, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the sample history: %w", err)
	}
	return append(out, '\n'), nil
}
