import ConfigText
import Serving

extension ListenAddress: ConfigValue {
  package static let expectation = "an address such as :8080, 127.0.0.1:8080, [::1]:8080 or unix:PATH"

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ListenAddress? {
    guard let scalar = node.scalar, !scalar.isNull, let address = ListenAddress(scalar.text) else {
      reader.mismatch(node, expected: expectation)
      return nil
    }
    if case .unix(let path) = address { return .unix(path: ConfigPath(path, from: node.place).path) }
    return address
  }
}

extension ListenAddress {
  /// The same for all spellings of a socket's path: by this, addresses of two configurations are the same.
  package var identity: ListenAddress {
    if case .unix(let path) = self { .unix(path: ConfigPath(path).absolute) } else { self }
  }
}

/// `server.listen`: one address or a list; equal when it means the same, in any order.
package struct ListenSpec: ConfigValue, Equatable {
  /// In the order they were written in.
  package var values: [ListenAddress]

  package init(_ values: [ListenAddress]) { self.values = values }

  /// "an address such as …, or a list of such".
  package static var expectation: String { AnyOrder<ListenAddress>.expectation }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> ListenSpec? {
    AnyOrder<ListenAddress>.decode(node, &reader).map { ListenSpec($0.values) }
  }

  /// Compares where they lead.
  package static func == (left: ListenSpec, right: ListenSpec) -> Bool {
    AnyOrder(left.values.map(\.identity)) == AnyOrder(right.values.map(\.identity))
  }
}
