extension DocumentComposer {
  /// Where an event is; what takes several lines is marked at its first character only.
  func place(of event: YAMLEvent) -> Place {
    let isOneLine = event.start.line == event.end.line
    return Place(
      file: file, line: event.start.line + 1, column: event.start.column + 1,
      length: isOneLine ? event.end.column - event.start.column : 1)
  }

  /// Where a list or mapping is: in brackets all of it, if on one line; else its first key or element.
  func place(from start: YAMLEvent, to end: YAMLEvent, firstChild: Place?) -> Place {
    var place = place(of: start)
    if start.isFlow, start.start.line == end.end.line {
      place.length = max(end.end.column - start.start.column, 1)
    } else if let firstChild, firstChild.line == place.line, firstChild.column == place.column {
      place.length = firstChild.length
    }
    return place
  }
}
