import Foundation
import TestSupport

/// JSON ticks of some 163 bytes, made of the real prices of `examples/stocks`: the price, and what a page shows beside it.
struct Ticks {
  struct NoPrices: Error, CustomStringConvertible {
    var description: String { "examples/stocks/stocks.csv has no prices" }
  }

  private struct Row {
    var symbol: String
    var date: String
    var price: Double
    var previous: Double
    var low: Double
    var high: Double
  }

  private let rows: [Row]

  init() throws {
    let file = SluiceProcess.checkout + "/examples/stocks/stocks.csv"
    var past: [String: [Double]] = [:]
    var rows: [(order: Int, row: Row)] = []
    for line in try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst() {
      let columns = line.split(separator: ",").map(String.init)
      guard columns.count == 3, let price = Double(columns[2]), let date = Self.date(columns[1]) else { continue }
      let year = (past[columns[0]] ?? []).suffix(11) + [price]
      past[columns[0], default: []].append(price)
      let row = Row(
        symbol: columns[0], date: date.text, price: price, previous: year.dropLast().last ?? price,
        low: year.min() ?? price, high: year.max() ?? price)
      rows.append((date.order, row))
    }
    guard !rows.isEmpty else { throw NoPrices() }
    self.rows = rows.sorted { ($0.order, $0.row.symbol) < ($1.order, $1.row.symbol) }.map(\.row)
  }

  /// Tick `index`; after the last date they begin again, with other numbers.
  subscript(index: Int) -> String {
    let row = rows[index % rows.count]
    let change = row.price - row.previous
    return """
      {"sequence":\(100_000 + index),"symbol":"\(row.symbol)","date":"\(row.date)","price":\(number(row.price)),\
      "previous":\(number(row.previous)),"change":\(number(change)),\
      "percent":\(number(100 * change / row.previous)),"lowest":\(number(row.low)),"highest":\(number(row.high)),\
      "currency":"USD"}
      """
  }

  /// Bytes of messages.
  func byteCount(_ range: Range<Int>) -> Int { range.reduce(0) { $0 + self[$1].utf8.count } }

  private func number(_ value: Double) -> String { String(format: "%.2f", value) }

  /// Of `Jan 1 2000`.
  private static func date(_ text: String) -> (text: String, order: Int)? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = text.split(separator: " ")
    guard parts.count == 3, let month = months.firstIndex(of: String(parts[0])), let day = Int(parts[1]),
      let year = Int(parts[2])
    else { return nil }
    return (String(format: "%04d-%02d-%02d", year, month + 1, day), (year * 12 + month) * 31 + day)
  }
}
