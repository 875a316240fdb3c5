/// The daemon can't run: a sentence for standard error.
struct StartError: Error {
    var sentence: String
}
