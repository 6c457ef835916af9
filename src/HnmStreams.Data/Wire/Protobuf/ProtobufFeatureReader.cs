using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>FeatureList of example.proto: counted first, then read into an array of just that length.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufFeatureReader(ExampleRules rules, StringInterner shared)
{
    private static readonly Rejection Cut = Rejection.Malformed("The list of features ends inside a field, or is no protobuf message.");

    /// <summary>Names of the last record whose names were found distinct: producers send the same ones in the same order.</summary>
    private string[] _distinct = [];

    public Rejection? Read(ReadOnlySpan<byte> body, out ExampleInput? input)
    {
        input = null;
        if (!RepeatedMessages.TryCount(body, out var count))
            return Cut;
        if (rules.FeatureCount(count) is { } countFault)
            return countFault;
        var features = new Feature[count];
        var items = new RepeatedMessages(body);
        for (var i = 0; i < count; i++)
        {
            if (ReadFeature(items.Next(), out features[i]) is { } fault)
                return fault;
        }

        if (!AreKnown(features))
        {
            if (ExampleRules.Distinct(features) is { } repeated)
                return repeated;
            _distinct = Array.ConvertAll(features, static feature => feature.Name);
        }

        input = new ExampleInput.Features(features);
        return null;
    }

    private bool AreKnown(Feature[] features)
    {
        var known = _distinct;
        if (known.Length != features.Length)
            return false;
        for (var i = 0; i < known.Length; i++)
        {
            if (!ReferenceEquals(known[i], features[i].Name))
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
                return Cut;
            bool read;
            switch (field, type)
            {
                case (1, ProtobufType.Bytes):
                    read = reader.TryBytes(out name);
                    break;
                case (2, ProtobufType.Fixed64):
                    read = reader.TryFixed64(out var bits);
                    (number, categorical) = (BitConverter.UInt64BitsToDouble(bits), false);
                    break;
                case (3, ProtobufType.Bytes):
                    read = reader.TryBytes(out category);
                    (number, categorical) = (null, true);
                    break;
                default:
                    read = reader.TrySkip(type);
                    break;
            }

            if (!read)
                return Cut;
        }

        if (rules.Name("name of a feature", name) is { } unnamed)
            return unnamed;
        var shortName = shared.Name(name);
        if (categorical && !category.IsEmpty && rules.Name($"category of the feature {shortName}", category) is { } fault)
            return fault;
        if (!categorical && number is null)
            return Rejection.Malformed($"The feature {shortName} has no value.");
        feature = new Feature(shortName, number ?? 0, categorical ? shared.Category(category) : null);
        return categorical ? null : ExampleRules.Number(shortName, feature.Number);
    }
}
