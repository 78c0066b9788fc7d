import ArgumentParser
import CleaveModel

/// The root command, `cleave`.
struct Cleave: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleave",
    abstract: "Split a language model between an edge device and a cloud.",
    discussion: """
      An edge device runs the first blocks of a model and answers most tokens by early exits; a cloud \
      runs the rest of the model and answers the others. From a published model to a split one:

        cleave import model.gguf -o model
        cleave exits add model --at 10,20 -o model-exits
        cleave partition model-exits --edge edge --cloud cloud
        cleave verify edge cloud --model model-exits
        cleave run edge --cloud cloud --prompt "The capital of France is"

      Exit status: 0 done or verified; 1 a check failed; 2 wrong input or usage; 3 an output cannot be \
      written; 4 the cloud or a registry refused a request or is gone; 130 interrupted; 143 \
      terminated. Every command has --help.
      """,
    version: CleaveVersion.text,
    subcommands: [
      ImportCommand.self, ImatrixCommand.self, QuantizeCommand.self, ExitsCommand.self,
      TrainCommand.self, CalibrateCommand.self,
      PartitionCommand.self,
      SignCommand.self, PushCommand.self, PullCommand.self, VerifyCommand.self, RunCommand.self,
      ServeCommand.self, EvalCommand.self,
      ProfileCommand.self, PlanCommand.self, ReportCommand.self,
      ExportCommand.self, InspectCommand.self, BuildCommand.self, RecipeCommand.self,
      CacheCommand.self,
    ])
}
