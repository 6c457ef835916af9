using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Protobuf;

/// <summary>A reader of LabelSet in example.proto. It counts first, then reads into an array of exactly this length.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProtobufLabelReader(ExampleRules rules, StringInterner interner)
{
    public Rejection? Read(ReadOnlySpan<byte> body, out Target? target)
    {
        target = null;
        if (!RepeatedMessages.TryCount(body, out var count))
            return Rejection.Malformed("The set of labels is truncated or not a valid protobuf message.");
        if (rules.LabelCount(count) is { } tooMany)
            return tooMany;
        var names = new string[count];
        var items = new RepeatedMessages(body);
        for (var i = 0; i < count; i++)
        {
            var utf8 = items.Next();
            if (rules.Name("label", utf8) is { } rejection)
                return rejection;
            names[i] = interner.LabelName(utf8);
        }

        return ExampleRules.LabelSet(names, out target);
    }
}
