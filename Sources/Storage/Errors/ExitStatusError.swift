/// An error that knows with which status the process that reports it exits, and whose description
/// is the message for the person who ran it.
package protocol ExitStatusError: Error, CustomStringConvertible {
  var exitStatus: ExitStatus { get }
}
