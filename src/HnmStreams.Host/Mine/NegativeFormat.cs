namespace HnmStreams.Host.Mine;

/// <summary>A form in which other trainers take mined negatives: those of sentence-transformers, under its names.</summary>
internal enum NegativeFormat
{
    /// <summary>Anchor, positive, negative: one row for each pair of a positive and a negative.</summary>
    Triplet,

    /// <summary>Anchor, positive, negative_1 to negative_n: a row for each positive of an anchor that has n negatives.</summary>
    Tuple,

    /// <summary>Anchor, passage, label: 1 for a positive, 0 for a negative.</summary>
    LabeledPair,

    /// <summary>Anchor, its passages, their labels: a row for each anchor.</summary>
    LabeledList,
}

/// <summary>Names of the forms on the command line.</summary>
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
