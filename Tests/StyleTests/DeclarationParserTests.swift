import Testing

@Suite struct DeclarationParserTests {
    private func declarations(_ source: String) -> [Declaration] {
        SourceFile(path: "Sources/Room/File.swift", text: source).declarations
    }

    @Test func `types, extensions and functions have a name and lines`() {
        let found = declarations(
            """
            struct Outer {
                enum Inner {
                    case a
                }
                func run(_ body: () -> Void = {}) -> Int where Int: Hashable {
                    1
                }
            }
            extension Outer.Inner { init?(x: Int) { self.init(y: x) } }
            """)
        #expect(found.map(\.name) == ["Outer", "Outer.Inner", "Outer.run", "Outer.Inner", "Outer.Inner.init"])
        #expect(found.map(\.lines) == [8, 3, 3, 1, 1])
        #expect(found.map(\.linesOfInnerTypes) == [3, 0, 0, 0, 0])
    }

    @Test func `stored properties are told from computed and static ones`() {
        let found = declarations(
            """
            final class Box {
                let a: Int, b: [Int: (Int, Int)]
                private(set) var c = f { 1 }
                var d: Int { 2 }
                var e: Int { get { 3 } set {} }
                var f: Int = 4 { didSet {} }
                var g: Int { willSet {} }
                static let h = 5
                lazy var i: () -> Int = { 6 }
                @Wrapped var j: Int
                @available(*, unavailable) var k: Int?
                weak var l: Box?
                init() { let inside = 7; var more = 8 }
                class var m: Int { 9 }
            }
            """)
        #expect(found.first?.storedProperties == ["a", "b", "c", "f", "g", "i", "j", "k", "l"])
    }

    @Test func `a protocol's requirements have no body`() {
        let found = declarations("protocol P { func f(); var x: Int { get }; init() }\nfunc g() {}")
        #expect(found.map(\.name) == ["P", "g"])
        #expect(found.first?.storedProperties == [])
    }

    @Test func `attributes stand with their function, whatever stands between`() {
        let found = declarations(
            "@Suite struct S {\n    @Test(arguments: [1, (2)])\n    private func `it works`() {}\n}")
        #expect(found.map(\.attributes) == [["Suite"], ["Test"]])
        #expect(found.last?.name == "S.`it works`")
    }

    @Test func `a class as a modifier or a bound is no type`() {
        #expect(declarations("protocol P: class {}\nstruct S { class func f() {} }").map(\.name) == ["P", "S", "S.f"])
    }
}
