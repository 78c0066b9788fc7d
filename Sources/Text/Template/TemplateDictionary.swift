/// A dict, with members in the order in which they were added.
struct TemplateDictionary: Sendable {
  var members: [(key: TemplateValue, value: TemplateValue)] = []

  subscript(key: TemplateValue) -> TemplateValue? {
    get { members.first { $0.key == key }?.value }
    set {
      if let index = members.firstIndex(where: { $0.key == key }) {
        if let newValue { members[index].value = newValue } else { members.remove(at: index) }
      } else if let newValue {
        members.append((key, newValue))
      }
    }
  }
}
