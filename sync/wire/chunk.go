package wire

// ChunkSize is how many bytes of an attachment travel, and are stored, together. It never changes:
// a chunk is known by its number.
const ChunkSize = 256 << 10

// Chunks returns how many chunks an attachment of size bytes has.
func Chunks(size int64) int { return int((size + ChunkSize - 1) / ChunkSize) }

// ChunkLen returns how many bytes the chunk with the given number has: all have ChunkSize but the
// last. It is 0 for a chunk that the attachment has not.
func ChunkLen(size int64, index int) int {
	if index < 0 || index >= Chunks(size) {
		return 0
	}
	return int(min(ChunkSize, size-int64(index)*ChunkSize))
}
