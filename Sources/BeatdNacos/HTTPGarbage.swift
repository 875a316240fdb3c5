/// An answer that is none: the connection can't be used any further.
package struct HTTPGarbage: Error, Hashable {
    package var sentence: String
}
