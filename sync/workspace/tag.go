package workspace

import (
	"slices"
	"strings"
	"unicode"
)

// NormalTag returns a tag as it is stored: lower case, without its hash sign, words joined by a
// hyphen.
func NormalTag(tag string) string {
	tag = strings.TrimLeftFunc(strings.ToValidUTF8(tag, ""), func(r rune) bool { return r == '#' || unicode.IsSpace(r) })
	return strings.ToLower(strings.Join(strings.Fields(tag), "-"))
}

// tagEnds are what ends a tag where several are typed: a comma or a semicolon, also those of Chinese and Japanese.
const tagEnds = ",;、，；"

// SplitTags returns the tags that are whole in what was typed, because a comma stands behind each: as they are stored, each
// once, in their order. Of what stands behind the last comma nobody knows yet whether it is whole; begun is that, without
// the space before it. Without a comma begun is all that was typed.
func SplitTags(typed string) (whole []string, begun string) {
	last := strings.LastIndexAny(typed, tagEnds)
	if last < 0 {
		return nil, typed
	}
	ends := func(r rune) bool { return strings.ContainsRune(tagEnds, r) }
	for _, tag := range strings.FieldsFunc(typed[:last], ends) {
		if tag = NormalTag(tag); tag != "" && !slices.Contains(whole, tag) {
			whole = append(whole, tag)
		}
	}
	return whole, strings.TrimLeftFunc(typed[last:], func(r rune) bool { return ends(r) || unicode.IsSpace(r) })
}
