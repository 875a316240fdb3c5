/// A test's own ground gave way: not what it is about.
struct Unexpected: Error {}
