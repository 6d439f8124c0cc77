package crash

import "math/rand/v2"

func newServer(r *rand.Rand) subject { return newOutbox(r) }
