using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>The bytes of a request in a saved state.</summary>
internal static class LabelRequestCodec
{
    /// <summary>The bytes of a request without texts and probabilities.</summary>
    public const int MinBytes = (4 * sizeof(int)) + sizeof(int) + sizeof(int) + (7 * sizeof(long));

    public static void Write(StateWriter writer, LabelRequest request)
    {
        writer.WriteString(request.Id);
        writer.WriteString(request.Origin.Topic);
        writer.WriteInt32(request.Origin.Partition);
        writer.WriteInt64(request.Origin.Offset);
        writer.WriteInt32((int)request.Reason);
        writer.WriteDouble(request.Score);
        writer.WriteDouble(request.Uncertainty);
        writer.WriteDouble(request.Disagreement);
        writer.WriteInt64(request.ModelVersion);
        writer.WriteString(request.Predicted);
        writer.WriteArray<float>([.. request.Probabilities]);
        writer.WriteInt64(request.EventTime.UtcTicks);
        writer.WriteInt64(request.At.UtcTicks);
    }

    /// <exception cref="InvalidDataException">The data is not a request.</exception>
    public static LabelRequest Read(StateReader reader)
    {
        var id = reader.ReadString();
        var origin = new Origin(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64());
        var reason = (LabelRequestReason)reader.ReadInt32();
        if (!Enum.IsDefined(reason))
            throw reader.Invalid($"a reason {(int)reason}");
        return new LabelRequest(
            id,
            origin,
            reason,
            reader.ReadDouble(),
            reader.ReadDouble(),
            reader.ReadDouble(),
            reader.ReadInt64(),
            reader.ReadString(),
            reader.ReadArray<float>(),
            Time(reader),
            Time(reader));
    }

    private static DateTimeOffset Time(StateReader reader)
    {
        var ticks = reader.ReadInt64();
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero) : throw reader.Invalid($"a time of {ticks} ticks");
    }
}
