import ArgumentParser
import Routing

/// `sluice routes [PATH ...]`
struct RoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes", abstract: "Print the route table: a line for each route.")

  @OptionGroup var configuration: ConfigurationOptions

  func run() throws {
    let table = try configuration.loadOrExit().table
    StandardStreams.writeOutput(TextTable(rows: table).text)
  }
}

/// Columns of text, each as wide as its widest cell, two spaces apart.
struct TextTable {
  let rows: [[String]]

  var text: String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      return cells.joined() + "\n"
    }.joined()
  }
}
