using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Writing;
using HnmStreams.Data.Wire.Json;

namespace HnmStreams.Data.Wire;

/// <summary>An encoder for producers. It does not validate: use <see cref="ExampleDecoder"/> to check an encoded example.</summary>
/// <remarks>Thread-safe. O(bytes). The data of tensors and images are written without an intermediate copy.</remarks>
public static class ExampleEncoder
{
    /// <summary>Encodes an example as protobuf (example.proto) into a new array.</summary>
    public static byte[] ToProtobuf(Example e) => Message(e).ToByteArray();

    /// <summary>Encodes an example as UTF-8 JSON without line breaks.</summary>
    /// <exception cref="ArgumentException">A number is NaN or infinite, which JSON cannot represent.</exception>
    public static byte[] ToJson(Example e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return JsonSerializer.SerializeToUtf8Bytes(JsonExampleMapper.Of(e), ExampleJsonContext.Default.JsonExample);
    }

    /// <summary>
    /// Encodes many examples as one Arrow IPC stream, for a record whose <see cref="WireHeaders.Format"/> is
    /// <see cref="WireHeaders.Arrow"/>. A few hundred to a few thousand examples per record are a good size.
    /// </summary>
    /// <param name="examples">Examples whose inputs have the same kind, and tensors the same type and shape.</param>
    /// <param name="tombstones">Ids of examples that the record deletes, after its examples are taken; null if there are none.</param>
    /// <exception cref="ArgumentException">The inputs do not fit into one table, or a target is a list of boxes or a set of labels.</exception>
    public static byte[] ToArrow(IReadOnlyList<Example> examples, IReadOnlyList<string>? tombstones = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return ArrowEncoder.Encode(examples, tombstones ?? []);
    }

    private static V1.Example Message(Example e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var message = new V1.Example { Id = e.Id };
        if (e.Weight != 1)
            message.Weight = e.Weight;
        if (e.EventTime is { } time)
            message.EventTime = Timestamp.FromDateTimeOffset(time);
        SetTarget(message, e.Target);
        SetInput(message, e.Input);
        return message;
    }

    private static void SetTarget(V1.Example message, Target target)
    {
        switch (target)
        {
            case Target.ClassIndex t:
                message.ClassIndex = (uint)t.Index;
                break;
            case Target.Label t:
                message.Label = t.Name;
                break;
            case Target.Identity t:
                message.Identity = t.Name;
                message.OtherIdentities.AddRange(t.Others);
                break;
            case Target.LabelSet t:
                message.Labels = new V1.LabelSet();
                message.Labels.Items.AddRange(t.Names);
                break;
            case Target.Boxes t:
                message.Boxes = new V1.BoxList();
                foreach (var box in t.Items)
                    message.Boxes.Items.Add(new V1.Box { Left = box.Left, Top = box.Top, Right = box.Right, Bottom = box.Bottom, Label = box.Label, Difficult = box.Difficult });
                break;
        }
    }

    private static void SetInput(V1.Example message, ExampleInput input)
    {
        switch (input)
        {
            case ExampleInput.Dense dense:
                message.Tensor = Tensor(dense);
                break;
            case ExampleInput.EncodedImage image:
                message.Image = UnsafeByteOperations.UnsafeWrap(image.Data);
                break;
            case ExampleInput.Text text:
                message.Text = text.Value;
                break;
            case ExampleInput.Features features:
                message.Features = new V1.FeatureList();
                foreach (var feature in features.Items)
                    message.Features.Items.Add(Feature(feature));
                break;
        }
    }

    private static V1.Tensor Tensor(ExampleInput.Dense dense)
    {
        // The wrapped bytes are serialized before the caller returns and never written to.
        var tensor = new V1.Tensor
        {
            Type = dense.Type == ElementType.UInt8 ? V1.ElementType.Uint8 : V1.ElementType.Float32,
            Data = UnsafeByteOperations.UnsafeWrap(dense.Data),
        };
        tensor.Shape.Capacity = dense.Shape.Count;
        for (var i = 0; i < dense.Shape.Count; i++)
            tensor.Shape.Add((uint)dense.Shape[i]);
        return tensor;
    }

    private static V1.Feature Feature(Feature feature) => feature.Category is { } category
        ? new V1.Feature { Name = feature.Name, Category = category }
        : new V1.Feature { Name = feature.Name, Number = feature.Number };
}
