package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"connectrpc.com/connect"

	tsugiv1 "github.com/tsugi-app/tsugi/proto/gen/tsugi/v1"
	"github.com/tsugi-app/tsugi/server/ledger"
	"github.com/tsugi-app/tsugi/sync/fault"
	"github.com/tsugi-app/tsugi/sync/id"
	"github.com/tsugi-app/tsugi/sync/wire"
)

// Copied is a copy of the database. Whoever gets it closes File.
type Copied struct {
	Mark ledger.Mark
	Made time.Time
	Size int64
	File *os.File
}

// copyChunk is how many bytes of a copy travel in one message; copyNews is how many pages are copied between
// two messages about them.
const (
	copyChunk = 256 << 10
	copyNews  = 4096
)

// Backup makes a copy of the database and sends it.
func (c *Control) Backup(ctx context.Context, _ *tsugiv1.BackupRequest, out *connect.ServerStream[tsugiv1.BackupResponse]) error {
	told := 0
	made, err := c.Copy(ctx, func(done, total int) {
		if done-told < copyNews && told > 0 {
			return
		}
		told = done
		_ = out.Send(&tsugiv1.BackupResponse{Copied: uint32(done), Pages: uint32(total)}) // who does not listen ends ctx
	})
	if err != nil {
		return wire.Error(err)
	}
	defer made.File.Close() //nolint:errcheck // it was only read
	err = out.Send(&tsugiv1.BackupResponse{Mark: &tsugiv1.LogMark{
		EpochId: made.Mark.Epoch.Bytes(), Seq: made.Mark.Seq, Hash: made.Mark.Hash[:], MadeUs: made.Made.UnixMicro(), Size: uint64(made.Size),
	}})
	chunk := make([]byte, copyChunk)
	for err == nil {
		var n int
		n, err = io.ReadFull(made.File, chunk)
		if n > 0 {
			err = errors.Join(out.Send(&tsugiv1.BackupResponse{Data: chunk[:n]}), err)
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return wire.Error(fmt.Errorf("send the copy: %w", err))
}

// Backup is a copy on its way from the server. It is read to its end, and closed.
type Backup struct {
	Mark ledger.Mark
	Made time.Time
	Size int64
	in   *connect.ServerStreamForClient[tsugiv1.BackupResponse]
	rest []byte
}

// Backup asks the server for a copy of its database. progress is told how many pages the server has copied of how
// many, before the first byte comes.
func (c *Controller) Backup(ctx context.Context, progress func(done, total int)) (*Backup, error) {
	in, err := c.api.Backup(ctx, &tsugiv1.BackupRequest{})
	if err != nil {
		return nil, wire.FromError(err)
	}
	b := &Backup{in: in}
	for in.Receive() {
		m := in.Msg()
		if m.GetMark() == nil {
			progress(int(m.GetCopied()), int(m.GetPages()))
			continue
		}
		mark := m.GetMark()
		b.Mark.Seq, b.Made, b.Size = mark.GetSeq(), wire.Time(mark.GetMadeUs()), int64(mark.GetSize())
		copy(b.Mark.Hash[:], mark.GetHash())
		b.Mark.Epoch, err = id.From[id.Epoch](mark.GetEpochId())
		if err != nil {
			return nil, errors.Join(fmt.Errorf("read what the copy is: %w", err), in.Close())
		}
		return b, nil
	}
	return nil, errors.Join(cutOff(in.Err()), in.Close())
}

// Read reads the copy. It fails when less came than was announced.
func (b *Backup) Read(into []byte) (int, error) {
	for len(b.rest) == 0 {
		if !b.in.Receive() {
			if err := b.in.Err(); err != nil {
				return 0, cutOff(err)
			}
			return 0, io.EOF
		}
		b.rest = b.in.Msg().GetData()
	}
	n := copy(into, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// Close ends the copy.
func (b *Backup) Close() error { return b.in.Close() }

func cutOff(err error) error {
	if err == nil {
		return fault.New(fault.Unavailable, "The server ended the connection.")
	}
	return wire.FromError(err)
}
