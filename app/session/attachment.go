package session

import (
	"context"
	"image"
	"io"

	"github.com/tsugi-app/tsugi/sync/attachment"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/incident"
)

// Attach reads a file to its end and keeps it on this device, so that it survives a crash, for an entry that
// is still to be written: put what it returns into incident.Write. The type is what the bytes say, whatever
// the name says. It fails with Invalid and TooLarge faults for what cannot be attached, and with Storage
// faults; then nothing is kept.
func (s *Session) Attach(ctx context.Context, name string, from io.Reader) (incident.Attachment, error) {
	return s.replica.Attach(ctx, name, from)
}

// Detach lets a file go that was attached and is not to be written about after all.
func (s *Session) Detach(_ context.Context, c id.Content) { s.replica.Detach(c) }

// Attachment returns where an attachment is, and how far it has come. Observe tells when that has changed.
func (s *Session) Attachment(_ context.Context, _ id.Incident, c id.Content) (attachment.Status, error) {
	return s.replica.Attachment(c), nil
}

// WantAttachment asks for an attachment of an incident that is not on this device; it is fetched when the
// server is reached. To ask twice changes nothing.
func (s *Session) WantAttachment(ctx context.Context, in id.Incident, a incident.Attachment) error {
	return s.replica.Want(ctx, in, a)
}

// Picture returns an attachment that is on this device as a picture of at most width × height pixels, in true
// proportion; of an animation the first frame. It fails with an Invalid fault for what is no picture, with
// TooLarge for one of too many pixels, and with NotFound while it is not here. It takes a while.
func (s *Session) Picture(ctx context.Context, c id.Content, width, height int) (image.Image, error) {
	return s.replica.Files().Picture(ctx, c, width, height)
}
