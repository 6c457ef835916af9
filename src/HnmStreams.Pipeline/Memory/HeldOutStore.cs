using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// A store of the newest held-out examples. Positives and negatives are kept apart, since at one positive in a hundred a plain window
/// would hold too few positives for an evaluation. <see cref="CopyTo"/> weights both by the rates at which they arrived.
/// </summary>
/// <remarks>Owned by the ranking stage. O(1) per example.</remarks>
internal sealed class HeldOutStore
{
    private const string Structure = "held-out examples";
    private readonly Window _positives;
    private readonly Window _negatives;

    public HeldOutStore(int capacity, bool hasPositives)
    {
        var positives = hasPositives ? Math.Max(1, capacity / 4) : 0;
        _positives = new Window(positives);
        _negatives = new Window(capacity - positives);
    }

    /// <summary>True if the store has as many negatives as it keeps.</summary>
    public bool HasAllNegatives => _negatives.IsFull;

    public int Count => _positives.Stored + _negatives.Stored;

    /// <summary>Adds an example, or replaces the earlier one of the same id.</summary>
    /// <param name="contents">The payloads that were sent; null if all of them were. An example without its payload counts as an arrival and only removes an earlier one of other content.</param>
    /// <returns>True if the earlier one had another label or payload.</returns>
    public bool Add(RowBuffer rows, int row, in RowSource source, ExampleRole role, RowContents? contents = null)
    {
        var (own, other) = role == ExampleRole.Positive ? (_positives, _negatives) : (_negatives, _positives);
        var moved = other.Remove(source.Key);
        if (contents?.IsSent(row) == false)
            return own.Count(source.Key, rows.Labels[row], contents, row) || moved;
        return own.Add(source.Key, rows.Payload(row), rows.Labels[row], rows.Weights[row]) || moved;
    }

    /// <summary>Removes an example.</summary>
    /// <returns>False if the store does not hold it.</returns>
    public bool Remove(ExampleKey key) => _positives.Remove(key) | _negatives.Remove(key);

    /// <summary>Appends all rows, each weighted by the number of arrivals that it represents.</summary>
    /// <param name="weighted">True to multiply by the examples' own weights.</param>
    public void CopyTo(RowBuffer rows, bool weighted)
    {
        _positives.CopyTo(rows, weighted);
        _negatives.CopyTo(rows, weighted);
    }

    /// <summary>The number of arrivals so far, of positives and of negatives.</summary>
    public (long Positives, long Negatives) Arrivals => (_positives.Arrivals, _negatives.Arrivals);

    /// <summary>
    /// Appends the rows whose ids arrived first after a moment, and a sample of the others, weighted as by <see cref="CopyTo"/>. An id that had left
    /// the store counts as new.
    /// </summary>
    /// <param name="since"><see cref="Arrivals"/> at that moment.</param>
    /// <param name="maxOld">The maximum number of other positives, and of other negatives.</param>
    /// <returns>For each row, if it is new.</returns>
    public bool[] CopySince((long Positives, long Negatives) since, int maxOld, RowBuffer rows, bool weighted) =>
        [.. _positives.CopySince(since.Positives, maxOld, rows, weighted), .. _negatives.CopySince(since.Negatives, maxOld, rows, weighted)];

    /// <summary>Captures references to all examples, to be written on another thread. O(n).</summary>
    public Action<StateWriter> Capture()
    {
        var (positives, negatives) = (_positives.Capture(), _negatives.Capture());
        return writer =>
        {
            writer.Begin(Structure, 1);
            positives(writer);
            negatives(writer);
        };
    }

    /// <summary>Restores saved examples. Only for a new store. Beyond its capacity the oldest leave.</summary>
    /// <exception cref="InvalidDataException">The state is not that of held-out examples.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        _positives.Restore(reader);
        _negatives.Restore(reader);
    }

    private sealed class Window(int capacity)
    {
        private readonly Dictionary<ExampleKey, Kept> _kept = [];
        private readonly Queue<(ExampleKey Key, long Ticket)> _order = new();
        private long _seen;

        public int Stored => _kept.Count;

        public bool IsFull => _kept.Count >= capacity;

        public long Arrivals => _seen;

        public List<bool> CopySince(long since, int maxOld, RowBuffer rows, bool weighted)
        {
            var areNew = new List<bool>();
            var arrivalsPerRow = _kept.Count == 0 ? 0 : (double)_seen / _kept.Count;
            var others = _kept.Values.Count(kept => kept.First <= since);
            var (taken, passed) = (Math.Min(others, maxOld), 0);
            foreach (var kept in _kept.Values)
            {
                var isNew = kept.First > since;
                // The others are taken at even distances.
                if (!isNew && (long)passed++ * taken / others == (long)passed * taken / others)
                    continue;
                var represents = isNew ? arrivalsPerRow : arrivalsPerRow * others / taken;
                rows.Add(kept.Payload, kept.Label, (float)((weighted ? kept.Weight : 1) * represents));
                areNew.Add(isNew);
            }

            return areNew;
        }

        public bool Add(ExampleKey key, ReadOnlySpan<byte> payload, int label, float weight)
        {
            _seen++;
            if (capacity == 0)
                return false;
            var isCorrection = _kept.TryGetValue(key, out var earlier) && (earlier.Label != label || !payload.SequenceEqual(earlier.Payload));
            _kept[key] = new Kept(payload.ToArray(), label, weight, _seen, earlier?.First ?? _seen);
            _order.Enqueue((key, _seen));
            while (_kept.Count > capacity || _order.Count > 4 * capacity)
                DropOldest();
            return isCorrection;
        }

        /// <summary>Counts an arrival without its payload.</summary>
        /// <returns>True if an earlier one of other content was removed.</returns>
        public bool Count(ExampleKey key, int label, RowContents contents, int row)
        {
            _seen++;
            return _kept.TryGetValue(key, out var earlier) && (earlier.Label != label || !contents.IsSame(row, earlier.Payload)) && _kept.Remove(key);
        }

        public bool Remove(ExampleKey key) => _kept.Remove(key);

        public Action<StateWriter> Capture()
        {
            var (seen, kept) = (_seen, _kept.ToArray());
            return writer =>
            {
                writer.WriteInt64(seen);
                writer.WriteInt32(kept.Length);
                foreach (var (key, example) in kept.OrderBy(k => k.Value.Ticket))
                {
                    ExampleKeyCodec.Instance.Write(writer, key);
                    writer.WriteArray<byte>(example.Payload);
                    writer.WriteInt32(example.Label);
                    writer.WriteSingle(example.Weight);
                }
            };
        }

        public void Restore(StateReader reader)
        {
            var seen = reader.ReadInt64();
            for (var left = reader.ReadCount(28); left > 0; left--)
                Add(ExampleKeyCodec.Instance.Read(reader), reader.ReadArray<byte>(), reader.ReadInt32(), reader.ReadSingle());
            _seen = seen >= _seen ? seen : throw reader.Invalid($"{_seen} held-out examples but only {seen} arrivals");
        }

        public void CopyTo(RowBuffer rows, bool weighted)
        {
            var arrivalsPerRow = _kept.Count == 0 ? 0 : (float)((double)_seen / _kept.Count);
            foreach (var kept in _kept.Values)
                rows.Add(kept.Payload, kept.Label, (weighted ? kept.Weight : 1) * arrivalsPerRow);
        }

        // An id that arrived again has a newer ticket; its old place in the queue is skipped.
        private void DropOldest()
        {
            var (key, ticket) = _order.Dequeue();
            if (!_kept.TryGetValue(key, out var kept))
                return;
            if (kept.Ticket == ticket)
                _kept.Remove(key);
        }

        /// <param name="First">The ticket of the first arrival of this id.</param>
        private sealed record Kept(byte[] Payload, int Label, float Weight, long Ticket, long First);
    }
}
