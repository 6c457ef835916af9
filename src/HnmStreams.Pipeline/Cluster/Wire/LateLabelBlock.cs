using System.Runtime.InteropServices;
using HnmStreams.Evaluation.Calibration;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>
/// The part of a batch that only streams whose labels come later have: unlabeled examples with their predictions, labels, and the order of everything in the
/// batch. Every unlabeled example travels with its payload, because it waits with the learner.
/// </summary>
internal static class LateLabelBlock
{
    private const string Structure = "late labels";
    private const int Version = 1;
    private const int MinLabelBytes = 32;

    /// <param name="payloads">Receives the bytes of the payloads.</param>
    public static void Write(StateWriter writer, ExampleBatch batch, PayloadBytes payloads)
    {
        writer.Begin(Structure, Version);
        writer.WriteInt64(batch.StreamTime.UtcTicks);
        NarrowArray.Write(writer, [.. batch.Arrivals.Select(arrival => (int)arrival.Kind)]);
        NarrowArray.Write(writer, [.. batch.Arrivals.Select(arrival => arrival.Index)]);
        writer.WriteBoolean(batch.Unlabeled is not null);
        if (batch.Unlabeled is { } unlabeled)
            RowBlock.Write(writer, unlabeled, batch.UnlabeledSources, row => batch.UnlabeledSources[row].Id!, batch.Spans, static _ => SendReason.Required, payloads);
        writer.WriteArray<bool>(CollectionsMarshal.AsSpan(batch.IsUnlabeledHeldOut));
        WritePredictions(writer, batch.Predictions);
        writer.WriteString(batch.PredictionFailure ?? "");
        writer.WriteInt32(batch.LateLabels.Count);
        foreach (var label in batch.LateLabels)
        {
            ExampleKeyCodec.Instance.Write(writer, label.Key);
            writer.WriteInt32(label.Label);
            writer.WriteSingle(label.Weight);
            writer.WriteInt64(label.EventTime.UtcTicks);
        }
    }

    /// <exception cref="InvalidDataException">The data is not that of such a batch.</exception>
    public static void Read(StateReader reader, ExampleBatch batch, int outputWidth)
    {
        reader.Expect(Structure, Version);
        batch.StreamTime = ReadTime(reader);
        var (kinds, indices) = (NarrowArray.Read(reader), NarrowArray.Read(reader));
        if (reader.ReadBoolean() && RowBlock.Read(reader, batch.UnlabeledRows(), batch.UnlabeledSources, batch.Spans) is not null)
            throw reader.Invalid("an unlabeled example without its payload");
        foreach (var value in reader.ReadSpan())
            batch.IsUnlabeledHeldOut.Add(value != 0);
        batch.Predictions = ReadPredictions(reader, batch.UnlabeledSources.Count, outputWidth);
        batch.PredictionFailure = reader.ReadString() is { Length: > 0 } failure ? failure : null;
        for (var left = reader.ReadCount(MinLabelBytes); left > 0; left--)
            batch.LateLabels.Add(new LateLabel(ExampleKeyCodec.Instance.Read(reader), reader.ReadInt32(), ReadWeight(reader), ReadTime(reader)));
        if (batch.IsUnlabeledHeldOut.Count != batch.UnlabeledSources.Count || kinds.Length != indices.Length)
            throw reader.Invalid("columns of different lengths");
        for (var i = 0; i < kinds.Length; i++)
        {
            var arrival = new Arrival((ArrivalKind)kinds[i], indices[i]);
            if (arrival.Index < 0 || arrival.Index >= CountOf(batch, arrival.Kind))
                throw reader.Invalid($"the arrival {arrival}");
            batch.Arrivals.Add(arrival);
        }
    }

    private static int CountOf(ExampleBatch batch, ArrivalKind kind) => kind switch
    {
        ArrivalKind.Example => batch.Contents is null ? batch.Rows.Count : 0,
        ArrivalKind.HeldOut => batch.HeldOutContents is null ? batch.HeldOut.Count : 0,
        ArrivalKind.Unlabeled => batch.UnlabeledSources.Count,
        ArrivalKind.Label => batch.LateLabels.Count,
        ArrivalKind.Tombstone => batch.Tombstones.Count,
        _ => 0,
    };

    private static void WritePredictions(StateWriter writer, BatchPredictions? predictions)
    {
        writer.WriteBoolean(predictions is not null);
        if (predictions is null)
            return;
        writer.WriteInt64(predictions.Version);
        writer.WriteArray<float>(predictions.Outputs);
        writer.WriteBoolean(predictions.Card is not null);
        if (predictions.Card is not { } card)
            return;
        writer.WriteString(card.Task);
        writer.WriteBoolean(card.Calibration is not null);
        if (card.Calibration is not { } calibration)
            return;
        foreach (var value in (double[])[calibration.Scale, calibration.Offset, calibration.ErrorBefore, calibration.ErrorAfter])
            writer.WriteDouble(value);
        writer.WriteInt32(calibration.Examples);
    }

    // The learner needs the calibration of a card only.
    private static BatchPredictions? ReadPredictions(StateReader reader, int rows, int outputWidth)
    {
        if (!reader.ReadBoolean())
            return null;
        var (version, outputs) = (reader.ReadInt64(), reader.ReadArray<float>());
        if (outputs.LongLength != (long)rows * outputWidth)
            throw reader.Invalid($"{outputs.Length} outputs for {rows} predictions");
        ModelCard? card = null;
        if (reader.ReadBoolean())
        {
            card = new ModelCard(reader.ReadString(), version, default, 0, 0, new Dictionary<string, double>(StringComparer.Ordinal), []);
            if (reader.ReadBoolean())
                card = card with { Calibration = new OutputCalibration(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32()) };
        }

        return new BatchPredictions(outputs, outputWidth, version, card);
    }

    private static float ReadWeight(StateReader reader) => reader.ReadSingle() is var weight && float.IsFinite(weight) && weight >= 0 ? weight : throw reader.Invalid($"the weight {weight}");

    private static DateTimeOffset ReadTime(StateReader reader) =>
        reader.ReadInt64() is var ticks and >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : throw reader.Invalid("a time that does not exist");
}
