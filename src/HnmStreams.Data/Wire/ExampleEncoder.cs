using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Json;

namespace HnmStreams.Data.Wire;

/// <summary>Writes examples as a producer sends them. It checks nothing: the decoder is the judge.</summary>
/// <remarks>Thread-safe. O(bytes); data of tensors and images are written straight from where they lie.</remarks>
public static class ExampleEncoder
{
    /// <summary>The example as example.proto; one array of just its size.</summary>
    public static byte[] ToProtobuf(Example e) => Message(e).ToByteArray();

    /// <summary>The example as example.proto, without an array of its own.</summary>
    public static void WriteProtobuf(Example e, IBufferWriter<byte> w)
    {
        ArgumentNullException.ThrowIfNull(w);
        Message(e).WriteTo(w);
    }

    /// <summary>The example as UTF-8 JSON without line breaks.</summary>
    /// <exception cref="ArgumentException">A number is NaN or infinite: JSON cannot say it.</exception>
    public static byte[] ToJson(Example e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return JsonSerializer.SerializeToUtf8Bytes(JsonExampleMapper.Of(e), ExampleJsonContext.Default.JsonExample);
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
            case Target.ClassIndex aim:
                message.ClassIndex = (uint)aim.Index;
                break;
            case Target.Label aim:
                message.Label = aim.Name;
                break;
            case Target.Identity aim:
                message.Identity = aim.Name;
                break;
            case Target.Boxes aim:
                message.Boxes = new V1.BoxList();
                foreach (var box in aim.Items)
                    message.Boxes.Items.Add(new V1.Box { Left = box.Left, Top = box.Top, Right = box.Right, Bottom = box.Bottom, Label = box.Label });
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
        // The wrapped bytes are read before this call's caller returns, and never written to.
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
