namespace HnmStreams.Host.Mine;

/// <summary>The output formats of mined negatives, which are those of sentence-transformers.</summary>
internal enum NegativeFormat
{
    /// <summary>Anchor, positive, negative: one row per pair of a positive and a negative.</summary>
    Triplet,

    /// <summary>Anchor, positive, negative_1 to negative_n: one row per positive of an anchor with n negatives.</summary>
    Tuple,

    /// <summary>Anchor, passage, label: 1 for a positive, 0 for a negative.</summary>
    LabeledPair,

    /// <summary>Anchor, its passages, their labels: one row per anchor.</summary>
    LabeledList,
}

/// <summary>The names of the formats on the command line.</summary>
internal static class NegativeFormats
{
    public const string Triplet = "triplet";

    public static IReadOnlyDictionary<string, NegativeFormat> ByName { get; } = new Dictionary<string, NegativeFormat>(StringComparer.Ordinal)
    {
        [Triplet] = NegativeFormat.Triplet,
        ["n-tuple"] = NegativeFormat.Tuple,
        ["labeled-pair"] = NegativeFormat.LabeledPair,
        ["labeled-list"] = NegativeFormat.LabeledList,
    };
}
