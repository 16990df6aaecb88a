import ConfigText
import Testing

@Suite struct PlaceTests {
  @Test func `places order by file, then line, then column`() {
    let places = [
      Place(file: "b", line: 1), Place(file: "a", line: 2, column: 1), Place(file: "a", line: 1, column: 9),
      Place(file: "a", line: 1, column: 10),
    ]
    #expect(places.sorted() == [places[2], places[3], places[1], places[0]])
  }

  @Test func `numbers below one count as one`() {
    #expect(Place(file: "a", line: 0, column: -3, length: 0) == Place(file: "a"))
  }
}
