using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Tests.Pool;

internal sealed class NumberCodec : IStateCodec<long>
{
    public static readonly NumberCodec Instance = new();

    public void Write(StateWriter writer, long value) => writer.WriteInt64(value);

    public long Read(StateReader reader) => reader.ReadInt64();
}

internal sealed class TextCodec : IStateCodec<string>
{
    public static readonly TextCodec Instance = new();

    public void Write(StateWriter writer, string value) => writer.WriteString(value);

    public string Read(StateReader reader) => reader.ReadString();
}

internal sealed class IntCodec : IStateCodec<int>
{
    public static readonly IntCodec Instance = new();

    public void Write(StateWriter writer, int value) => writer.WriteInt32(value);

    public int Read(StateReader reader) => reader.ReadInt32();
}
