/// The members of a JSON object in order. Looking one up by name is linear: iterate over large ones.
package struct JSONObject: Sendable {
  package typealias Member = (name: String, value: JSON)
  package private(set) var members: [Member]

  package init(_ members: [Member] = []) { self.members = members }

  /// The first member of that name. Setting nil removes it; setting a new name appends it.
  package subscript(name: String) -> JSON? {
    get { index(of: name).map { members[$0].value } }
    set {
      switch (index(of: name), newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append((name, value))
      case (nil, nil): break
      }
    }
  }

  private func index(of name: String) -> Int? {
    members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }
}
