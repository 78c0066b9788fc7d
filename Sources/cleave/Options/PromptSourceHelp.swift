/// What the help of options says about sources of prompts.
enum PromptSourceHelp {
  static let text = """
    FIELD leads into objects and lists with dots, as in messages.0.content; a list of messages with role \
    and content is a conversation, and goes through the chat template up to its last user's message. FILE \
    - is standard input. A name of a file may have colons: the longest that is there counts.
    """
}
