import ConfigText

/// Messages of a case in a file, a line each.
enum CaseFile {
  /// The file cannot be read.
  struct Problem: Error {
    var message: String
  }

  /// The largest file: 64 MiB.
  private static let limit = 64 << 20

  static func messages(_ path: ConfigPath) throws(Problem) -> [CaseMessage] {
    let name = VisibleText.quoted(path.path)
    let read: [UInt8]?
    do throws(FileSystem.Failure) {
      read = try FileSystem.bytes(ofFile: path.path, limit: limit)
    } catch {
      throw Problem(message: "cannot read \(name): \(error.reason)")
    }
    guard let bytes = read else { throw Problem(message: "\(name) is larger than 64 MiB, the limit for one file") }
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      CaseMessage(text: String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self))
    }
  }
}

extension CaseSpec {
  /// What happens, from the case or its file.
  var steps: [CaseStep] {
    get throws(CaseFile.Problem) {
      if let input { return input }
      guard let inputFile else { return [] }
      return try CaseFile.messages(inputFile).map { .message($0) }
    }
  }

  /// What is expected to come out.
  var expectedOutput: [CaseMessage] {
    get throws(CaseFile.Problem) {
      if let output { return output }
      guard let outputFile else { return [] }
      return try CaseFile.messages(outputFile)
    }
  }
}
