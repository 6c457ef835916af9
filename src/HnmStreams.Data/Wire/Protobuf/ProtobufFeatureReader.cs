using System.Text.Unicode;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>A reader of FeatureList in example.proto. It counts first, then reads into an array of exactly this length.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufFeatureReader(ExampleRules rules, StringInterner interner)
{
    private static readonly Rejection Truncated = Rejection.Malformed("The list of features is truncated or not a valid protobuf message.");

    /// <summary>The names of the last record that were checked to be unique: producers usually send the same names in the same order.</summary>
    private string[] _uniqueNames = [];

    public Rejection? Read(ReadOnlySpan<byte> body, out ExampleInput? input)
    {
        input = null;
        if (!RepeatedMessages.TryCount(body, out var count))
            return Truncated;
        if (rules.FeatureCount(count) is { } tooMany)
            return tooMany;
        var features = new Feature[count];
        var items = new RepeatedMessages(body);
        for (var i = 0; i < count; i++)
        {
            if (ReadFeature(items.Next(), out features[i]) is { } rejection)
                return rejection;
        }

        if (!HasUniqueNames(features))
        {
            if (ExampleRules.Distinct(features) is { } repeated)
                return repeated;
            _uniqueNames = Array.ConvertAll(features, static feature => feature.Name);
        }

        input = new ExampleInput.Features(features);
        return null;
    }

    private bool HasUniqueNames(Feature[] features)
    {
        var names = _uniqueNames;
        if (names.Length != features.Length)
            return false;
        for (var i = 0; i < names.Length; i++)
        {
            if (!ReferenceEquals(names[i], features[i].Name))
                return false;
        }

        return true;
    }

    private Rejection? ReadFeature(ReadOnlySpan<byte> body, out Feature feature)
    {
        feature = default;
        var reader = new ProtobufReader(body);
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> category = default;
        double? number = null;
        var categorical = false;
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return Truncated;
            bool read;
            switch (field, type)
            {
                case (1, ProtobufType.Bytes):
                    // As for the official parsers, a text must be valid UTF-8 even if a later value replaces it.
                    read = Utf8.IsValid(name) && reader.TryBytes(out name);
                    break;
                case (2, ProtobufType.Fixed64):
                    read = Utf8.IsValid(category) & reader.TryFixed64(out var bits);
                    (number, categorical) = (BitConverter.UInt64BitsToDouble(bits), false);
                    break;
                case (3, ProtobufType.Bytes):
                    read = Utf8.IsValid(category) && reader.TryBytes(out category);
                    (number, categorical) = (null, true);
                    break;
                default:
                    read = reader.TrySkip(type);
                    break;
            }

            if (!read)
                return Truncated;
        }

        if (rules.Name("name of a feature", name) is { } unnamed)
            return unnamed;
        var internedName = interner.Name(name);
        if (categorical && rules.Category(internedName, category) is { } rejection)
            return rejection;
        if (!categorical && number is null)
            return Rejection.Malformed($"The feature {internedName} has no value.");
        feature = new Feature(internedName, number ?? 0, categorical ? interner.Category(category) : null);
        return categorical ? null : ExampleRules.Number(internedName, feature.Number);
    }
}
