package main

import (
	"sync"

	"golang.design/x/clipboard"
)

// picturesOnClipboard returns what reads the picture on the clipboard, as PNG, or nil where there is none. The toolkit
// knows words only. The clipboard is opened when it is first asked for: the first frame does not wait for it.
func picturesOnClipboard() func() []byte {
	open := sync.OnceValue(clipboard.Init)
	return func() []byte {
		if open() != nil {
			return nil // this system has no clipboard for pictures: words can still be pasted
		}
		return clipboard.Read(clipboard.FmtImage)
	}
}
