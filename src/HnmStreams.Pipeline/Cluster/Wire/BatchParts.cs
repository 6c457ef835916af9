using System.Buffers;
using HnmStreams.Pipeline.Cluster.Protocol;

namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>
/// The parts of a batch: one frame of Akka.Remote cannot hold a large one, and small parts keep the shared connection free for other messages.
/// The first byte of a part tells if it is the last one.
/// </summary>
internal static class BatchParts
{
    /// <summary>Splits the bytes of a batch. O(bytes).</summary>
    public static IEnumerable<byte[]> Split(ReadOnlyMemory<byte> batch)
    {
        const int content = EdgeProtocol.PartBytes - 1;
        for (var from = 0; from < batch.Length; from += content)
        {
            var length = Math.Min(content, batch.Length - from);
            var part = new byte[length + 1];
            part[0] = (byte)(from + length == batch.Length ? 1 : 0);
            batch.Slice(from, length).CopyTo(part.AsMemory(1));
            yield return part;
        }
    }

    /// <summary>Joins the parts of one sender, which arrive in order and without loss. One per sender; not thread-safe.</summary>
    internal sealed class Joiner
    {
        private readonly ArrayBufferWriter<byte> _open = new();

        /// <summary>Adds a part. O(bytes).</summary>
        /// <returns>The batch that the part completes; null if more parts follow.</returns>
        /// <exception cref="InvalidDataException">The part is empty, or the batch is larger than any batch may be.</exception>
        public ReadOnlyMemory<byte>? Add(byte[] part)
        {
            if (part is not [0 or 1, ..])
                throw new InvalidDataException("The part of a batch does not begin with 0 or 1.");
            if (_open.WrittenCount + part.Length > EdgeProtocol.MaxBatchBytes)
                throw new InvalidDataException($"A batch must have at most {EdgeProtocol.MaxBatchBytes} bytes.");
            if (part[0] == 1 && _open.WrittenCount == 0)
                return part.AsMemory(1);
            _open.Write(part.AsSpan(1));
            if (part[0] == 0)
                return null;
            var batch = _open.WrittenSpan.ToArray();
            _open.Clear();
            return batch;
        }
    }
}
