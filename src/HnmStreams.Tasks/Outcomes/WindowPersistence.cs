using HnmStreams.Evaluation.Windows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks.Outcomes;

/// <summary>The storage format of a window of outcomes.</summary>
internal static class WindowPersistence
{
    public static void WriteWindow<TValue, TTruth>(this StateWriter writer, string structure, WindowContent<TValue, TTruth> content)
        where TValue : unmanaged
        where TTruth : unmanaged
    {
        writer.Begin(structure, 1);
        writer.WriteArray<TValue>(content.Values);
        writer.WriteArray<TTruth>(content.Truths);
        writer.WriteArray<float>(content.Weights);
        writer.WriteInt32(content.Next);
    }

    public static WindowContent<TValue, TTruth> ReadWindow<TValue, TTruth>(this StateReader reader, string structure)
        where TValue : unmanaged
        where TTruth : unmanaged
    {
        reader.Expect(structure, 1);
        return new(reader.ReadArray<TValue>(), reader.ReadArray<TTruth>(), reader.ReadArray<float>(), reader.ReadInt32());
    }
}
