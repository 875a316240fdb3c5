/// The link could not be made: libcurl refused.
package struct LinkError: Error {
    package var sentence: String
}
