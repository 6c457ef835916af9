using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Why a candidate is hard, as far as its neighbours and its past tell.</summary>
/// <param name="Outputs">The network's, under <paramref name="ModelVersion"/>; none where there are <paramref name="Regions"/>, since they are thousands.</param>
/// <param name="Hardness">Under the same version; NaN where the outputs are.</param>
/// <param name="NearestPositives">In the model's own embedding, nearest first. Where no class is rare: of its own class.</param>
/// <param name="NearestNegatives">Where no class is rare: of the other classes.</param>
/// <param name="Compared">How many kept examples were compared with.</param>
/// <param name="Regions">Where in it the hard background lies, hardest first; null for a task that judges examples as a whole.</param>
public sealed record Explanation(
    Candidate Candidate,
    long ModelVersion,
    IReadOnlyList<float> Outputs,
    float Hardness,
    IReadOnlyList<NearExample> NearestPositives,
    IReadOnlyList<NearExample> NearestNegatives,
    int Compared,
    IReadOnlyList<HardNegativeRegion>? Regions = null);

/// <summary>A neighbour in the embedding.</summary>
/// <param name="Similarity">Cosine, -1 to 1.</param>
public sealed record NearExample(string Id, int Label, double Similarity, Origin Origin, byte[] Payload);
