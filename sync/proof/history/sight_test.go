package history_test

import (
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
	"github.com/tsugi-app/tsugi/sync/stream"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

// conceal has the first person hide the incident from all but the second.
func conceal(s *script) {
	c := s.done(0, incident.Conceal{Admit: []id.Person{person(1)}}, stream.Accepted, 2)
	s.happened(c, incident.Concealed{Admitted: []id.Person{person(0), person(1)}})
}

// hidden are histories of an incident that not everybody sees.
func hidden() map[string]func(*script) {
	secret := func(s *script) {
		c := s.done(0, words(1), stream.Accepted, 3)
		s.happened(c, written(1))
	}
	return map[string]func(*script){
		"whoever is in it sees what happens": func(s *script) {
			conceal(s)
			secret(s)
			s.seenBy(1)
		},
		"whoever is not sees nothing of it, and can do nothing": func(s *script) {
			s.seenBy(2)
			conceal(s)
			secret(s)
			s.done(2, words(2), stream.Rejected, 0)
			s.done(2, incident.Reveal{}, stream.Rejected, 0)
		},
		"whoever is added sees what was": func(s *script) {
			conceal(s)
			secret(s)
			c := s.done(1, incident.Admit{Person: person(2)}, stream.Accepted, 4)
			s.happened(c, incident.Admitted{Person: person(2)})
			s.seenBy(2)
		},
		"whoever is taken out has seen what was": func(s *script) {
			conceal(s)
			secret(s)
			s.seenBy(1)
			s.done(0, incident.Exclude{Person: person(1)}, stream.Accepted, 4)
			s.done(0, words(2), stream.Accepted, 5)
			s.done(1, words(3), stream.Rejected, 0)
		},
		"what is revealed everybody sees": func(s *script) {
			conceal(s)
			secret(s)
			c := s.done(1, incident.Reveal{}, stream.Accepted, 4)
			s.happened(c, incident.Revealed{Number: 7})
			s.seenBy(2)
			s.done(2, words(2), stream.Accepted, 6)
		},
		"a role shows it": func(s *script) {
			conceal(s)
			role := incident.AssignRole{Role: workspace.IMOC, Person: person(2), Base: incident.Base{Seq: 1}}
			c := s.done(0, role, stream.Accepted, 4)
			s.happened(c, incident.Admitted{Person: person(2)}, incident.RoleAssigned{Role: workspace.IMOC, Person: person(2)})
			s.seenBy(2)
			s.done(0, incident.Exclude{Person: person(2)}, stream.Rejected, 0)
		},
		"words for few, of what everybody sees by now": func(s *script) {
			conceal(s)
			private := words(1)
			private.Privately = true
			sent := s.sent(1, private)
			s.done(0, incident.Reveal{}, stream.Accepted, 3)
			s.answered(sent, stream.Conflict, 3)
			s.done(2, words(2), stream.Accepted, 5)
		},
		"given up and carried out after all, in another order": func(s *script) {
			s.done(1, incident.Join{}, stream.Accepted, 2)
			late := s.sent(1, words(1))
			s.GiveUp(late)
			s.done(1, words(2), stream.Accepted, 3)
			s.answered(late, stream.Accepted, 4)
		},
	}
}

// pried are histories in which somebody was shown, or did, what they could not.
func pried() map[string]func(*script) {
	return map[string]func(*script){
		"a private entry, before its reader is added": func(s *script) {
			conceal(s)
			c := s.done(0, words(1), stream.Accepted, 3)
			s.happened(c, written(1))
			s.seenBy(2)
			s.done(0, incident.Admit{Person: person(2)}, stream.Accepted, 4)
		},
		"an entry that was written once its reader was taken out": func(s *script) {
			conceal(s)
			out := s.done(0, incident.Exclude{Person: person(1)}, stream.Accepted, 3)
			s.happened(out, incident.Excluded{Person: person(1)})
			c := s.done(0, words(1), stream.Accepted, 4)
			s.happened(c, written(1))
			s.seenBy(1)
		},
		"that an incident was concealed, by one who is not in it": func(s *script) {
			conceal(s)
			s.seenBy(2)
		},
		"words of one who is not in it": func(s *script) {
			conceal(s)
			s.done(2, words(1), stream.Accepted, 4)
		},
		"words for few, that everybody is shown": func(s *script) {
			private := words(1)
			private.Privately = true
			s.done(0, private, stream.Accepted, 2)
		},
		"other people than were named": func(s *script) {
			c := s.done(0, incident.Conceal{}, stream.Accepted, 2)
			s.happened(c, incident.Concealed{Admitted: []id.Person{person(0), person(1)}})
			s.seenBy(0)
		},
		"the last one is taken out": func(s *script) {
			s.done(0, incident.Conceal{}, stream.Accepted, 2)
			s.done(0, incident.Exclude{Person: person(0)}, stream.Accepted, 3)
		},
	}
}
