/// Which queue a write waits in; goodbyes go first, then beats, then hellos.
enum WriteClass: Hashable { case goodbye, beat, hello }
