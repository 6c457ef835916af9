using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A copy of the registry's models and cards, written to a checkpoint or read from one.</summary>
/// <param name="Decisions">Oldest first.</param>
/// <param name="Pinned">The model that a person has chosen; null if none exists.</param>
internal sealed record RegistryCapture(RegisteredModel? Promoted, RegisteredModel? Best, IReadOnlyList<PromotionDecision> Decisions, RegisteredModel? Pinned = null) : IStateCapture
{
    private const string PromotedPart = "promoted-model.safetensors";
    private const string BestPart = "best-model.safetensors";
    private const string PinnedPart = "pinned-model.safetensors";
    private const string CardsPart = "models.json";

    // A metric that is not defined is written as NaN.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public string Name => "registry";

    public IEnumerable<CheckpointPart> Parts()
    {
        yield return new CheckpointPart(CardsPart, stream => JsonSerializer.Serialize(stream, new Cards(Promoted?.Card, Best?.Card, Decisions, Pinned?.Card), Json));
        if (Pinned is not null)
            yield return new CheckpointPart(PinnedPart, stream => SafetensorsFile.Write(stream, Pinned.Snapshot.Tensors));
        if (Best is not null)
            yield return new CheckpointPart(BestPart, stream => SafetensorsFile.Write(stream, Best.Snapshot.Tensors));
        if (Promoted is not null && Promoted.Card.Version != Best?.Card.Version)
            yield return new CheckpointPart(PromotedPart, stream => SafetensorsFile.Write(stream, Promoted.Snapshot.Tensors));
    }

    /// <returns>Null if the checkpoint was written without a promotion gate.</returns>
    /// <exception cref="InvalidDataException">The checkpoint's models or cards are damaged.</exception>
    public static RegistryCapture? Read(LoadedCheckpoint checkpoint)
    {
        if (!checkpoint.Has(CardsPart))
            return null;
        var cards = ReadCards(checkpoint);
        RegisteredModel? best = null, promoted = null;
        try
        {
            best = ReadModel(checkpoint, cards.Best, BestPart);
            promoted = cards.Promoted is { } card && card.Version == best?.Card.Version
                ? best with { Snapshot = best.Snapshot.Share() }
                : ReadModel(checkpoint, cards.Promoted, PromotedPart);
            return new RegistryCapture(promoted, best, cards.Decisions, ReadModel(checkpoint, cards.Pinned, PinnedPart));
        }
        catch
        {
            promoted?.Dispose();
            best?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Promoted?.Dispose();
        Best?.Dispose();
        Pinned?.Dispose();
    }

    private static Cards ReadCards(LoadedCheckpoint checkpoint)
    {
        using var stream = checkpoint.OpenPart(CardsPart);
        try
        {
            return JsonSerializer.Deserialize<Cards>(stream, Json) is { Decisions.Count: <= ModelRegistry.MaxDecisions } cards
                ? cards
                : throw new InvalidDataException($"{CardsPart} must hold model cards and at most {ModelRegistry.MaxDecisions} decisions but does not.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{CardsPart} cannot be read. {e.Message}", e);
        }
    }

    private static RegisteredModel? ReadModel(LoadedCheckpoint checkpoint, ModelCard? card, string part)
    {
        if (card is null)
            return null;
        if (!checkpoint.Has(part))
            throw new InvalidDataException($"{CardsPart} names version {card.Version} but {part} is missing.");
        return new RegisteredModel(new ModelSnapshot(card.Version, LearnerStateParts.ReadTensors(checkpoint, part)), card);
    }

    private sealed record Cards(ModelCard? Promoted, ModelCard? Best, IReadOnlyList<PromotionDecision> Decisions, ModelCard? Pinned = null);
}
