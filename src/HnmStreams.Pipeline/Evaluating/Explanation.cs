using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>An explanation of why a candidate is hard, by its neighbors and its history.</summary>
/// <param name="Outputs">The network's outputs under <paramref name="ModelVersion"/>; empty if <paramref name="Regions"/> is set, because there would be thousands.</param>
/// <param name="Hardness">The hardness under the same version; NaN if the outputs are NaN.</param>
/// <param name="NearestPositives">The nearest positives by <see cref="Space"/>, nearest first. For a task without a rare class: examples of the candidate's own class.</param>
/// <param name="NearestNegatives">The nearest negatives. For a task without a rare class: examples of other classes.</param>
/// <param name="Compared">The number of kept examples that were compared.</param>
/// <param name="Regions">The regions of hard background in it, hardest first; null for a task that scores examples as a whole.</param>
public sealed record Explanation(
    Candidate Candidate,
    long ModelVersion,
    IReadOnlyList<float> Outputs,
    float Hardness,
    IReadOnlyList<NearExample> NearestPositives,
    IReadOnlyList<NearExample> NearestNegatives,
    int Compared,
    IReadOnlyList<HardNegativeRegion>? Regions = null)
{
    /// <summary>The vectors by which neighbors were compared.</summary>
    public NeighborSpace Space { get; init; }

    /// <summary>The uncalibrated probability per label, in order; null if the task's outputs are not probabilities.</summary>
    public IReadOnlyList<double>? Probabilities { get; init; }

    /// <summary>The labeled objects; null for a task that scores examples as a whole.</summary>
    public IReadOnlyList<LabeledRegion>? Objects { get; init; }

    /// <summary>The predicted objects, the most confident first; null for a task that scores examples as a whole.</summary>
    public IReadOnlyList<LabeledRegion>? Predictions { get; init; }
}

/// <summary>The vectors by which examples are compared.</summary>
public enum NeighborSpace
{
    /// <summary>The model's embedding.</summary>
    Embedding,

    /// <summary>The inputs, standardized per column, because the network has no embedding.</summary>
    Input,

    /// <summary>None: the network has no embedding, and its inputs are hashed features or too large to be compared.</summary>
    None,
}

/// <summary>A neighbor of the candidate.</summary>
/// <param name="Similarity">The cosine similarity, -1 to 1.</param>
public sealed record NearExample(string Id, int Label, double Similarity, Origin Origin, byte[] Payload);
