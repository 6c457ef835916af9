using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Memory;

/// <summary>The codec of example keys, 16 bytes each.</summary>
internal sealed class ExampleKeyCodec : IStateCodec<ExampleKey>
{
    public static ExampleKeyCodec Instance { get; } = new();

    public void Write(StateWriter writer, ExampleKey value)
    {
        writer.WriteUInt64((ulong)(value.Value >> 64));
        writer.WriteUInt64((ulong)value.Value);
    }

    public ExampleKey Read(StateReader reader) => new(new UInt128(reader.ReadUInt64(), reader.ReadUInt64()));
}

/// <summary>The codec of candidate keys, 20 bytes each.</summary>
internal sealed class CandidateKeyCodec : IStateCodec<CandidateKey>
{
    public static CandidateKeyCodec Instance { get; } = new();

    public void Write(StateWriter writer, CandidateKey value)
    {
        ExampleKeyCodec.Instance.Write(writer, value.Id);
        writer.WriteInt32(value.Region);
    }

    public CandidateKey Read(StateReader reader) => new(ExampleKeyCodec.Instance.Read(reader), reader.ReadInt32());
}
