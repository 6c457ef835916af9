using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.Retention;

/// <summary>A candidate that was quarantined as a suspected label error.</summary>
/// <param name="Key">Key of the candidate.</param>
/// <param name="Payload">Handle of its data.</param>
/// <param name="Visits">Number of times it was scored or trained on.</param>
/// <param name="LastLosses">Its last losses, oldest first.</param>
/// <param name="SinceVersion">Model version at which it was quarantined.</param>
/// <param name="Reason">The reason in words.</param>
public sealed record Suspect<TKey, TPayload>(TKey Key, TPayload Payload, int Visits, IReadOnlyList<float> LastLosses, long SinceVersion, string Reason);

/// <summary>
/// Suspected label errors that wait for review and are not trained on meanwhile. Released candidates are not suspected again; confirmed
/// ones are not accepted again. Both the suspects and the verdicts are bounded: the oldest is dropped first.
/// </summary>
/// <param name="options">Bounds.</param>
/// <param name="onRemoved">Called for each payload that leaves for good (dropped or confirmed). The payload of a released candidate is
/// returned to the caller instead.</param>
/// <remarks>Single-threaded; one owner. Every operation takes O(1).</remarks>
public sealed class Quarantine<TKey, TPayload>(LabelNoiseOptions options, Action<TKey, TPayload>? onRemoved = null)
    where TKey : notnull
{
    private const string Structure = "quarantine";
    private readonly LinkedList<Suspect<TKey, TPayload>> _suspects = new();
    private readonly Dictionary<TKey, LinkedListNode<Suspect<TKey, TPayload>>> _places = [];
    private readonly BoundedMap<TKey, Verdict> _verdicts = new(options.RememberedVerdicts);

    /// <summary>The number of suspects.</summary>
    public int Count => _suspects.Count;

    /// <summary>All suspects, longest waiting first.</summary>
    public IReadOnlyCollection<Suspect<TKey, TPayload>> Suspects => _suspects;

    /// <summary>Returns true if the candidate is quarantined.</summary>
    public bool Holds(TKey key) => _places.ContainsKey(key);

    /// <summary>Looks a suspect up.</summary>
    public bool TryGet(TKey key, out Suspect<TKey, TPayload> suspect)
    {
        var found = _places.TryGetValue(key, out var place);
        suspect = found ? place!.Value : null!;
        return found;
    }

    /// <summary>Returns true if the label was confirmed to be wrong: the example must not be trained on.</summary>
    public bool IsConfirmed(TKey key) => _verdicts.TryGet(key, out var verdict) && verdict.IsWrong;

    /// <summary>Returns true if the label was confirmed to be right: the example must not be suspected again.</summary>
    public bool IsReleased(TKey key) => _verdicts.TryGet(key, out var verdict) && !verdict.IsWrong;

    /// <summary>Quarantines a candidate. If it is already quarantined, the existing entry is kept.</summary>
    public void Add(Suspect<TKey, TPayload> suspect)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        if (Holds(suspect.Key))
        {
            onRemoved?.Invoke(suspect.Key, suspect.Payload);
            return;
        }

        _places.Add(suspect.Key, _suspects.AddLast(suspect));
        if (Count > options.QuarantineCount)
            RemoveSuspect(_suspects.First!);
    }

    /// <summary>Drops the verdict on a candidate if its label is no longer the one that was reviewed.</summary>
    public void DropVerdictOfOtherLabel(TKey key, int label)
    {
        if (_verdicts.Count > 0 && _verdicts.TryGet(key, out var verdict) && verdict.Label != label)
            _verdicts.Remove(key);
    }

    /// <summary>Releases a suspect whose label is right, and returns it to the caller.</summary>
    /// <param name="key">Key of the candidate.</param>
    /// <param name="label">The label that was reviewed. A record of the same id with another label is not covered by the verdict.</param>
    /// <param name="suspect">The released suspect.</param>
    /// <returns>False if the candidate is not quarantined.</returns>
    public bool TryRelease(TKey key, int label, out Suspect<TKey, TPayload> suspect)
    {
        suspect = null!;
        if (!_places.Remove(key, out var place))
            return false;
        _suspects.Remove(place);
        suspect = place.Value;
        _verdicts.Put(key, new Verdict(IsWrong: false, label));
        return true;
    }

    /// <summary>Removes a suspect whose label is wrong, and records the verdict.</summary>
    /// <param name="key">Key of the candidate.</param>
    /// <param name="label">The label that was reviewed. A record of the same id with another label is not covered by the verdict.</param>
    /// <returns>False if the candidate is not quarantined.</returns>
    public bool Confirm(TKey key, int label)
    {
        if (!_places.TryGetValue(key, out var place))
            return false;
        RemoveSuspect(place);
        _verdicts.Put(key, new Verdict(IsWrong: true, label));
        return true;
    }

    /// <summary>Removes a candidate and its verdict.</summary>
    /// <returns>False if the candidate was not quarantined.</returns>
    public bool Remove(TKey key)
    {
        _verdicts.Remove(key);
        if (!_places.TryGetValue(key, out var place))
            return false;
        RemoveSuspect(place);
        return true;
    }

    /// <summary>Writes the suspects and the verdicts. O(n).</summary>
    public void Save(StateWriter writer, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        writer.Begin(Structure, 2);
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
        foreach (var (key, verdict) in _verdicts.All())
        {
            keys.Write(writer, key);
            writer.WriteBoolean(verdict.IsWrong);
            writer.WriteInt32(verdict.Label);
        }
    }

    /// <summary>Restores the saved state into a new quarantine. If the options allow fewer entries, the oldest are dropped.</summary>
    /// <exception cref="InvalidDataException">The data is not a saved quarantine.</exception>
    public void Restore(StateReader reader, IStateCodec<TKey> keys, IStateCodec<TPayload> payloads)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(payloads);
        reader.Expect(Structure, 2);
        for (var count = reader.ReadCount(20); count > 0; count--)
        {
            var suspect = new Suspect<TKey, TPayload>(
                keys.Read(reader), payloads.Read(reader), reader.ReadInt32(), reader.ReadArray<float>(), reader.ReadInt64(), reader.ReadString());
            if (Holds(suspect.Key))
                throw reader.Invalid($"{suspect.Key} occurs twice");
            Add(suspect);
        }

        for (var count = reader.ReadCount(1); count > 0; count--)
            _verdicts.Put(keys.Read(reader), new Verdict(reader.ReadBoolean(), reader.ReadInt32()));
    }

    // A person's decision on the label of a candidate.
    private readonly record struct Verdict(bool IsWrong, int Label);

    private void RemoveSuspect(LinkedListNode<Suspect<TKey, TPayload>> place)
    {
        _suspects.Remove(place);
        _places.Remove(place.Value.Key);
        onRemoved?.Invoke(place.Value.Key, place.Value.Payload);
    }
}
