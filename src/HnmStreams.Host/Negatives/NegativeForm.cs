namespace HnmStreams.Host.Negatives;

/// <summary>A form in which other trainers take mined negatives: those of sentence-transformers, under its names.</summary>
internal enum NegativeForm
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
internal static class NegativeForms
{
    public const string Triplet = "triplet";

    public static IReadOnlyDictionary<string, NegativeForm> ByName { get; } = new Dictionary<string, NegativeForm>(StringComparer.Ordinal)
    {
        [Triplet] = NegativeForm.Triplet,
        ["n-tuple"] = NegativeForm.Tuple,
        ["labeled-pair"] = NegativeForm.LabeledPair,
        ["labeled-list"] = NegativeForm.LabeledList,
    };
}
