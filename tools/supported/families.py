"""The models that tests of families run on, and the family of each."""

import json
import re

MODEL = re.compile(r"families/([\w.-]+?)(/\S+\.gguf)?$")


class Models:
    """The models of one run: the folders of Tests/Golden/families, and their GGUF files.

    A test's argument is the path of a checkpoint, or begins with the name of a folder.
    """

    def __init__(self, golden):
        configurations = sorted(golden.glob("families/*/config.json"))
        self.family = {
            path.parent.name: json.loads(path.read_text())["model_type"] for path in configurations}

    def directories(self, arguments):
        """The folders that tests with these arguments ran on."""
        found = set()
        for argument in arguments:
            match = MODEL.match(argument)
            if match and not match[2]:
                found.add(match[1])
            elif not match and (quoted := argument.split(",")[0].strip(' ("')) in self.family:
                found.add(quoted)
        return found & set(self.family)

    def files(self, arguments):
        """The folders whose GGUF files tests with these arguments ran on."""
        matches = (MODEL.match(argument) for argument in arguments)
        return {match[1] for match in matches if match and match[2]} & set(self.family)
