"""What docs/supported-models.md takes from which tests. A test that is renamed must be renamed here."""

# Column of the table of families, and the tests that must have passed with a model of the family.
SAFETENSORS, GGUF = "safetensors", "GGUF"
WHOLE = ("RuntimeTests.WholeModelTests/logitsAreThoseOfTransformers",
         "RuntimeTests.WholeModelTests/greedyTokensAreThoseOfTransformers")
HALVES = "PartitionTests.FamilyTests/theHalvesSayWhatTransformersSays"
COLUMNS = {
    SAFETENSORS: WHOLE,
    GGUF: (*WHOLE, HALVES),
    "exits, tails": ("PartitionTests.FamilyTests/exitsSayWhatTransformersSays",
                     "PartitionTests.FamilyTests/aTailOfAllThatFollowsIsTheModel"),
    "training": ("TrainTests.ForwardTests/tailsOfEveryFamily",
                 "TrainTests.FamilyGradientTests/ofTheLastBlocks"),
    "both halves": (HALVES, "PartitionTests.FamilyTests/bundlesAreVerified"),
    "three tiers": ("RuntimeTests.TierTests/familiesSayWhatTransformersSays",),
    "`export hf`": ("ConvertTests.HuggingFaceExportTests/hasTheBytesThatTransformersJudged",
                    "ConvertTests.HuggingFaceExportTests/importsAsTheSameModel"),
    "`export gguf`": ("ConvertTests.FamilyGGUFTests/importsAsTheSameWeights",),
}
# A cell says `refused` where this test passed instead.
REFUSALS = {"`export gguf`": "ConvertTests.FamilyGGUFTests/isNotWritten"}

# Part of the page that is a list, and the test whose arguments it lists.
LISTS = {
    "quantized": "ConvertTests.QuantizedCheckpointTests/holdsWhatThePackageMakes",
    "blocks": "KernelsTests.Kernels/Dequantize/asGGUFDoes",
    "tokenizers": "ModelTests.TokenizerFamilyTests/encodesAsTheTokenizersPackage",
    "pre": "ConvertTests.TokenizerGGUFVocabularyTests/aNameSplitsAsItsExpressions",
    "templates": "ModelTests.ChatTemplateTests/actualTemplatesRenderAsInTransformers",
}


def tests():
    """All tests that the page needs."""
    names = {test for column in COLUMNS.values() for test in column}
    return sorted(names | set(REFUSALS.values()) | set(LISTS.values()))
