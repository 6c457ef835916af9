using System.Text.Json;
using HnmStreams.Pipeline.Checkpointing;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>
/// A copy of the state of tuning, written to a checkpoint or read from one. The weights of challengers are not part of it: their trials end with a
/// restart, and their comparisons stay counted.
/// </summary>
internal sealed record TuningCapture(TuningStatus Status) : IStateCapture
{
    private const string PartName = "tuning.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public string Name => "tuning";

    public IEnumerable<CheckpointPart> Parts()
    {
        yield return new CheckpointPart(PartName, stream => JsonSerializer.Serialize(stream, Status with { Trials = [] }, Json));
    }

    /// <returns>Null if the checkpoint was written without tuning.</returns>
    /// <exception cref="InvalidDataException">The state is damaged.</exception>
    public static TuningStatus? Read(LoadedCheckpoint checkpoint)
    {
        if (!checkpoint.Has(PartName))
            return null;
        try
        {
            using var stream = checkpoint.OpenPart(PartName);
            var status = JsonSerializer.Deserialize<TuningStatus>(stream, Json);
            return status is { Comparisons: >= 0, Champion: { LearningRate: > 0 and <= 100, WeightDecay: >= 0 and <= 1, HardShare: >= 0 and <= 1, PositiveShare: >= 0 and <= 1 } }
                ? status
                : throw new InvalidDataException($"{PartName} must have settings within their ranges but has {status?.Champion}.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{PartName} cannot be read: {e.Message}", e);
        }
    }

    public void Dispose()
    {
    }
}
