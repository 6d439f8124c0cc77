package attachment

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime"
	"net/http"
	"os"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// MaxPixels is how large a picture may be that is shown: a small file can hold one that fills all memory.
const MaxPixels = 50_000_000

// unknownType is the type of bytes that are nothing in particular.
const unknownType = "application/octet-stream"

// codec reads one kind of picture. Of an animation it reads the first frame.
type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// codecOf returns the codec for a media type. Only these four are ever decoded, whatever else the program
// knows how to read.
func codecOf(media string) (codec, bool) {
	switch media {
	case "image/png":
		return codec{png.DecodeConfig, png.Decode}, true
	case "image/jpeg":
		return codec{jpeg.DecodeConfig, jpeg.Decode}, true
	case "image/gif":
		return codec{gif.DecodeConfig, gif.Decode}, true
	case "image/webp":
		return codec{webp.DecodeConfig, webp.Decode}, true
	}
	return codec{}, false
}

// look notes what a file's bytes are. A picture that cannot be read is no picture; one that is too large
// to be shown has no width and height, and so is a file like any other.
func look(f io.ReadSeeker, a *incident.Attachment) error {
	media, err := mediaOf(f)
	if err != nil {
		return diskFault(err)
	}
	a.Type = media
	c, ok := codecOf(media)
	if !ok {
		return nil
	}
	config, err := guard(f, c.config)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		a.Type = unknownType
		return nil //nolint:nilerr // what cannot be read is attached as what it is: some bytes
	}
	if showable(config) {
		a.Width, a.Height = uint32(config.Width), uint32(config.Height)
	}
	return nil
}

func showable(c image.Config) bool { return int64(c.Width)*int64(c.Height) <= MaxPixels }

// mediaOf returns the media type that the first bytes of a file tell.
func mediaOf(f io.ReadSeeker) (string, error) {
	head := make([]byte, 512)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	media, _, err := mime.ParseMediaType(http.DetectContentType(head[:n]))
	if err != nil {
		return unknownType, nil //nolint:nilerr // the library's list is not ours
	}
	return media, nil
}

// guard reads a file from its beginning. A decoder that panics on what it reads must not take everybody's
// changes down with it.
func guard[T any](f io.ReadSeeker, read func(io.Reader) (T, error)) (out T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the decoder failed: %v", r)
		}
	}()
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return out, err
	}
	return read(f)
}

// Picture returns a picture that is here, scaled down to fit into a box of width × height pixels, in true
// proportion. It fails with a NotFound fault for a file that is not here, with Invalid for one that is no
// picture, and with TooLarge for one of more than MaxPixels. One picture is decoded at a time.
func (s *Store) Picture(ctx context.Context, c id.Content, width, height int) (image.Image, error) {
	path, ok := s.Path(c)
	if !ok {
		return nil, fault.New(fault.NotFound, "This picture is not on this device.").
			WithAdvice("It is on the server, unless its entry was erased.", "Wait until it has arrived.")
	}
	select {
	case s.draws <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.draws }()
	f, err := os.Open(path)
	if err != nil {
		return nil, diskFault(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	full, err := decode(f)
	if err != nil {
		return nil, err
	}
	return fit(full, width, height), nil
}

func decode(f io.ReadSeeker) (image.Image, error) {
	media, err := mediaOf(f)
	if err != nil {
		return nil, diskFault(err)
	}
	codec, ok := codecOf(media)
	if !ok {
		return nil, noPicture(nil)
	}
	config, err := guard(f, codec.config)
	if err != nil {
		return nil, noPicture(err)
	}
	if !showable(config) {
		return nil, fault.New(fault.TooLarge, fmt.Sprintf("This picture has %d × %d pixels, too many to be shown.", config.Width, config.Height)).
			WithAdvice("The file itself is on this device.", "Open it with another program, if you trust who sent it.")
	}
	full, err := guard(f, codec.decode)
	if err != nil {
		return nil, noPicture(err)
	}
	return full, nil
}

func noPicture(cause error) error {
	return fault.Wrap(fault.Invalid, "This file is no picture that can be shown.", cause).
		WithAdvice("The file itself is on this device.", "Open it with another program, if you trust who sent it.")
}

// fit returns the picture, not larger than the box.
func fit(full image.Image, width, height int) image.Image {
	b := full.Bounds()
	scale := min(float64(width)/float64(b.Dx()), float64(height)/float64(b.Dy()))
	if scale >= 1 {
		return full
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.BiLinear.Scale(small, small.Bounds(), full, b, draw.Src, nil)
	return small
}
