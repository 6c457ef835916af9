using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Retention;

/// <summary>A candidate that was set aside as a suspected wrong label.</summary>
/// <param name="LastLosses">Oldest first.</param>
/// <param name="SinceVersion">Model version at which it was set aside.</param>
public sealed record Suspect<TKey, TPayload>(TKey Key, TPayload Payload, int Visits, IReadOnlyList<float> LastLosses, long SinceVersion, string Reason);

/// <summary>
/// Where suspected wrong labels wait to be looked at: not trained on meanwhile. Released ones are not suspected again;
/// confirmed ones never come back. Bounded both ways: the oldest is forgotten first.
/// </summary>
/// <param name="left">Told of each payload that leaves for good (forgotten or confirmed); a released one is handed back instead.</param>
/// <remarks>One owner, one thread. O(1) each.</remarks>
public sealed class Quarantine<TKey, TPayload>(LabelNoiseOptions options, Action<TKey, TPayload>? left = null)
    where TKey : notnull
{
    private const string Structure = "quarantine";
    private readonly LinkedList<Suspect<TKey, TPayload>> _suspects = new();
    private readonly Dictionary<TKey, LinkedListNode<Suspect<TKey, TPayload>>> _places = [];
    // Whether its label is known to be wrong, or right.
    private readonly BoundedMemory<TKey, bool> _verdicts = new(options.Remembered);

    public int Count => _suspects.Count;

    /// <summary>All that wait, the longest first.</summary>
    public IReadOnlyCollection<Suspect<TKey, TPayload>> Suspects => _suspects;

    /// <summary>Whether it waits here.</summary>
    public bool Holds(TKey key) => _places.ContainsKey(key);

    /// <summary>Why it waits here; false where it does not.</summary>
    public bool TryGet(TKey key, out Suspect<TKey, TPayload> suspect)
    {
        var found = _places.TryGetValue(key, out var place);
        suspect = found ? place!.Value : null!;
        return found;
    }

    /// <summary>Its label is known to be wrong: it must not be trained on.</summary>
    public bool IsConfirmed(TKey key) => _verdicts.TryGet(key, out var wrong) && wrong;

    /// <summary>Its label is known to be right: it must not be suspected.</summary>
    public bool IsReleased(TKey key) => _verdicts.TryGet(key, out var wrong) && !wrong;

    /// <summary>Sets a candidate aside. One that is there already stays as it is.</summary>
    public void Add(Suspect<TKey, TPayload> suspect)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        if (Holds(suspect.Key))
        {
            left?.Invoke(suspect.Key, suspect.Payload);
            return;
        }

        _places.Add(suspect.Key, _suspects.AddLast(suspect));
        if (Count > options.QuarantineCount)
            Leave(_suspects.First!);
    }

    /// <summary>Its label is right: the caller gets it back.</summary>
    public bool TryRelease(TKey key, out Suspect<TKey, TPayload> suspect)
    {
        suspect = null!;
        if (!_places.Remove(key, out var place))
            return false;
        _suspects.Remove(place);
        suspect = place.Value;
        _verdicts.Put(key, false);
        return true;
    }

    /// <summary>Its label is wrong: it leaves and is remembered.</summary>
    public bool Confirm(TKey key)
    {
        if (!_places.TryGetValue(key, out var place))
            return false;
        Leave(place);
        _verdicts.Put(key, true);
        return true;
    }

    /// <summary>Forgets everything about a candidate.</summary>
    public bool Remove(TKey key)
    {
        _verdicts.Remove(key);
        if (!_places.TryGetValue(key, out var place))
            return false;
        Leave(place);
        return true;
    }

    public void Save(StateWriter writer, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        writer.Begin(Structure, 1);
        writer.WriteInt32(_suspects.Count);
        foreach (var suspect in _suspects)
        {
            keys.Write(writer, suspect.Key);
            payloads.Write(writer, suspect.Payload);
            writer.WriteInt32(suspect.Visits);
            writer.WriteArray<float>([.. suspect.LastLosses]);
            writer.WriteInt64(suspect.SinceVersion);
            writer.WriteString(suspect.Reason);
        }

        writer.WriteInt32(_verdicts.Count);
        foreach (var (key, wrong) in _verdicts.All())
        {
            keys.Write(writer, key);
            writer.WriteBoolean(wrong);
        }
    }

    /// <summary>Only for a new one. Where the options allow fewer, the oldest are forgotten.</summary>
    /// <exception cref="InvalidDataException">The state is not a quarantine's.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        reader.Expect(Structure, 1);
        for (var count = reader.ReadCount(20); count > 0; count--)
        {
            var suspect = new Suspect<TKey, TPayload>(
                keys.Read(reader), payloads.Read(reader), reader.ReadInt32(), reader.ReadArray<float>(), reader.ReadInt64(), reader.ReadString());
            if (Holds(suspect.Key))
                throw reader.Invalid($"{suspect.Key} a second time");
            Add(suspect);
        }

        for (var count = reader.ReadCount(1); count > 0; count--)
            _verdicts.Put(keys.Read(reader), reader.ReadBoolean());
    }

    private void Leave(LinkedListNode<Suspect<TKey, TPayload>> place)
    {
        _suspects.Remove(place);
        _places.Remove(place.Value.Key);
        left?.Invoke(place.Value.Key, place.Value.Payload);
    }
}
