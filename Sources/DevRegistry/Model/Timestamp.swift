/// A moment as people read it: RFC 3339, in UTC.
struct Timestamp: CustomStringConvertible {
    let moment: Moment
    /// Digits after the second.
    let digits: Int
    /// How "in UTC" is spelled: `Z`, or `+00:00` as Spring does.
    let zone: String

    init(_ moment: Moment, digits: Int = 6, zone: String = "Z") {
        self.moment = moment
        self.digits = digits
        self.zone = zone
    }

    var description: String {
        let seconds = moment.wall / 1_000_000_000
        let (day, second) = (seconds / 86_400, seconds % 86_400)
        let (year, month, dayOfMonth) = Self.civil(day)
        let fraction = Self.padded(moment.wall % 1_000_000_000, to: 9).prefix(digits)
        let date = "\(year)-\(Self.padded(month, to: 2))-\(Self.padded(dayOfMonth, to: 2))"
        let clock = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, to: 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(fraction)\(zone)"
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Year, month and day from days since 1970 (Howard Hinnant's `civil_from_days`; years begin in March).
    private static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * fromMarch + 2) / 5 + 1)
    }
}
