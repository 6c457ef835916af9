using System.Buffers.Binary;
using System.Text;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Json;

/// <summary>A reader of the inputs of the JSON form.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class JsonInputReader(ExampleRules rules)
{
    /// <summary>Returns the number of inputs that are set.</summary>
    public static int Count(JsonInput? json) => json is null
        ? 0
        : (json.Tensor is null ? 0 : 1) + (json.Image is null ? 0 : 1) + (json.Text is null ? 0 : 1) + (json.Features is null ? 0 : 1);

    /// <summary>Reads the only input that is set.</summary>
    public Rejection? Read(JsonInput json, out ExampleInput? input)
    {
        input = null;
        if (json.Tensor is { } tensor)
            return ReadTensor(tensor, out input);
        if (json.Features is { } features)
            return ReadFeatures(features, out input);
        if (json.Image is { } image)
        {
            input = new ExampleInput.EncodedImage(image);
            return ExampleRules.Image(image.Span);
        }

        input = new ExampleInput.Text(json.Text!);
        return rules.TextLength(Encoding.UTF8.GetByteCount(json.Text!));
    }

    private Rejection? ReadTensor(JsonTensor json, out ExampleInput? input)
    {
        input = null;
        if (json.Type is not ("uint8" or "float32"))
            return Rejection.WrongShape("The element type of the tensor must be uint8 or float32.");
        if (json.Data is null == json.Values is null)
            return Rejection.WrongShape("The tensor must have either data (base64) or values (numbers).");
        var type = json.Type == "uint8" ? ElementType.UInt8 : ElementType.Float32;
        var shape = json.Shape?.ToArray() ?? [];
        var length = json.Data?.Length ?? (long)json.Values!.Length * ExampleRules.SizeOf(type);
        if (rules.Tensor(type, shape, length) is { } inconsistent)
            return inconsistent;
        if (Bytes(json, type) is not { } data)
            return Rejection.WrongShape("The values of a uint8 tensor must be whole numbers from 0 to 255.");
        input = new ExampleInput.Dense(type, shape, data);
        return type == ElementType.Float32 ? ExampleRules.Finite(data.Span) : null;
    }

    private static ReadOnlyMemory<byte>? Bytes(JsonTensor json, ElementType type)
    {
        if (json.Values is not { } values)
            return json.Data;
        var bytes = new byte[values.Length * ExampleRules.SizeOf(type)];
        for (var i = 0; i < values.Length; i++)
        {
            if (type == ElementType.Float32)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
                continue;
            }

            bytes[i] = (byte)Math.Clamp(values[i], 0, 255);
            if (bytes[i] != values[i])
                return null;
        }

        return bytes;
    }

    private Rejection? ReadFeatures(IReadOnlyList<Feature> features, out ExampleInput? input)
    {
        input = new ExampleInput.Features(features);
        if (rules.FeatureCount(features.Count) is { } tooMany)
            return tooMany;
        foreach (var feature in features)
        {
            var fault = rules.NameLength("name of a feature", Encoding.UTF8.GetByteCount(feature.Name))
                ?? ExampleRules.Number(feature.Name, feature.Number);
            if (fault is null && feature.Category is { Length: > 0 } category)
                fault = rules.NameLength($"category of the feature {feature.Name}", Encoding.UTF8.GetByteCount(category));
            if (fault is not null)
                return fault;
        }

        return ExampleRules.Distinct([.. features]);
    }
}
