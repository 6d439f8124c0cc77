package proof

import (
	"fmt"
	"slices"
	"time"

	"github.com/tsugi-app/tsugi/sync/id"
)

// Passages is how the files of a run went up.
type Passages struct {
	Uploads   int `json:"uploads"`    // files that a client began to send
	Cut       int `json:"cut"`        // how often one was cut off by a kill, and begun again
	Resumed   int `json:"resumed"`    // how often one then went on behind chunks that had been acknowledged
	Chunks    int `json:"chunks"`     // acknowledged
	ChunksCut int `json:"chunks_cut"` // that were cut off on their way, or whose answer was
}

func (p *Passages) add(o Passages) {
	p.Uploads += o.Uploads
	p.Cut += o.Cut
	p.Resumed += o.Resumed
	p.Chunks += o.Chunks
	p.ChunksCut += o.ChunksCut
}

// chunk names one chunk of a file.
type chunk struct {
	content string
	index   uint32
}

// sending is what is known of a file that one client sends.
type sending struct {
	began time.Duration // the last time
	told  bool          // the server has said what it wants
	lacks map[uint32]bool
	acked map[uint32]bool
}

// journey reads the journals of all lines.
type journey struct {
	Passages
	loose  map[string]bool           // files that may have to travel again
	acked  map[chunk][]time.Duration // when anybody was told that the server has a chunk
	resent []string
}

// passages follows the files of the run.
func (s *scene) passages() error {
	anew, err := loose()
	if err != nil {
		return err
	}
	lines := make([][]Passage, killed)
	for i := range lines {
		if lines[i], err = readLine(s.desk(i)); err != nil {
			return err
		}
	}
	s.result.Files.Passages, s.result.Files.Resent = Follow(lines, anew)
	return nil
}

// Follow counts what happened on the lines of clients, and names the chunks that were sent again although the server was
// known to have them: its answer had come to that client, or to anybody before this client asked what is wanted. Those of
// loose files may be sent again.
func Follow(lines [][]Passage, loose map[id.Content]bool) (Passages, []string) {
	j := journey{loose: map[string]bool{}, acked: map[chunk][]time.Duration{}}
	for c := range loose {
		j.loose[c.String()] = true
	}
	for _, line := range lines {
		for _, p := range line {
			if p.What == Taken {
				j.acked[chunk{p.Content, p.Index}] = append(j.acked[chunk{p.Content, p.Index}], p.At)
			}
		}
	}
	for i, line := range lines {
		j.follow(i, line)
	}
	return j.Passages, j.resent
}

// follow follows one client's files.
func (j *journey) follow(client int, line []Passage) {
	files := map[string]*sending{}
	var open *chunk
	for _, p := range line {
		f := files[p.Content]
		if f == nil {
			f = &sending{acked: map[uint32]bool{}}
			files[p.Content] = f
		}
		if open != nil && p.What != Half && p.What != Taken {
			j.ChunksCut++
			open = nil
		}
		switch p.What {
		case Begin:
			f.began = p.At
		case Begun:
			j.begun(f, p)
		case Put:
			open = &chunk{p.Content, p.Index}
			j.put(client, f, p)
		case Half:
		case Taken:
			open = nil
			j.Chunks++
			f.acked[p.Index] = true
			delete(f.lacks, p.Index)
		}
	}
	j.Uploads += len(files)
	if open != nil {
		j.ChunksCut++
	}
}

// begun counts what was cut off and went on.
func (j *journey) begun(f *sending, p Passage) {
	if f.told && len(f.lacks) > 0 {
		j.Cut++
		if len(f.acked) > 0 && len(p.Missing) > 0 && !slices.ContainsFunc(p.Missing, func(i uint32) bool { return f.acked[i] }) {
			j.Resumed++
		}
	}
	f.told, f.lacks = true, map[uint32]bool{}
	for _, i := range p.Missing {
		f.lacks[i] = true
	}
}

// put looks whether the server was known to have a chunk.
func (j *journey) put(client int, f *sending, p Passage) {
	if j.loose[p.Content] {
		return
	}
	known := slices.ContainsFunc(j.acked[chunk{p.Content, p.Index}], func(at time.Duration) bool { return at < f.began })
	if f.acked[p.Index] || known {
		j.resent = append(j.resent, fmt.Sprintf("client %d sent chunk %d of %s again", client, p.Index, p.Content))
	}
}
