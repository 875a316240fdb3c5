/// Which queue a write waits in; goodbyes go first, then beats, then hellos.
package enum WriteClass: Hashable, Sendable { case goodbye, beat, hello }
