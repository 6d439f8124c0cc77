package declare

import (
	"context"
	"slices"

	"github.com/tsugi-app/tsugi/app/widget"
	"github.com/tsugi-app/tsugi/sync/workspace"
)

func (d *Page) buildTags() {
	d.tags.RemoveAll()
	for _, tag := range d.draft.Tags {
		d.tags.Add(widget.Pad(0, 0, 8, 0, widget.NewTagRemovable("#"+tag, func() {
			d.draft.Tags = slices.DeleteFunc(slices.Clone(d.draft.Tags), func(t string) bool { return t == tag })
			d.keep()
			d.build()
		})))
	}
	d.tags.Refresh()
}

// withTag returns tags with one more, in a list of its own.
func withTag(tags []string, tag string) []string {
	if slices.Contains(tags, tag) {
		return tags
	}
	return append(slices.Clone(tags), tag)
}

func (d *Page) addTag(tag string) {
	if tags := withTag(d.draft.Tags, tag); len(tags) > len(d.draft.Tags) {
		d.draft.Tags = tags
		d.keep()
	}
	d.clearTyped()
	d.build()
}

// typeTags takes what stands before a comma for whole tags, and looks for what is typed behind it.
func (d *Page) typeTags(typed string) {
	whole, begun := workspace.SplitTags(typed)
	if begun == typed {
		d.findTags(typed)
		return
	}
	for _, tag := range whole {
		d.addTag(tag)
	}
	d.finder.SetWords(begun)
}

// takeTyped takes what is being typed for a whole tag: nobody goes on with it.
func (d *Page) takeTyped() {
	if tag := workspace.NormalTag(d.finder.Words()); tag != "" {
		d.addTag(tag)
	}
}

func (d *Page) clearTyped() {
	d.finder.Clear()
	d.finder.SetOptions(nil)
}

func (d *Page) findTags(typed string) {
	if workspace.NormalTag(typed) == "" {
		d.finder.SetOptions(nil)
		return
	}
	d.ask(func(ctx context.Context) func(*Page) {
		known, err := d.p.Session.Tags(ctx, workspace.NormalTag(typed))
		return func(d *Page) {
			if err != nil {
				d.p.Failed(err)
				return
			}
			if d.finder.Input().Text != typed {
				return // more was typed meanwhile
			}
			var options []widget.Option
			for _, c := range d.form.TagChoices(typed, known) {
				options = append(options, widget.Option{Key: c.Tag, Words: c.Words, Note: c.Hint})
			}
			d.finder.SetOptions(options)
		}
	})
}
