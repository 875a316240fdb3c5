/// The names of the predicates, as design.md 7 numbers them.
enum Predicate {
    static let life = "1 no life, no beat"
    static let oneWriter = "2 one writer"
    static let goodbye = "3 nothing after goodbye"
    static let order = "3 goodbye before another cluster"
    static let stranger = "4 a stranger is not the service"
    static let restart = "6 a restart is invisible"
    static let calm = "7 calm"
    static let goodbyesFirst = "7 goodbyes first"
    static let armed = "8 armed"
    static let liveness = "9 liveness"
    static let useful = "11 useful"
    static let stop = "4 a stop ends in time, and says what it left"
    static let phase = "12 waiting and down"
    static let wire = "0 what left is a request"
}
