using Google.Protobuf;
using HnmStreams.Data.Wire.V1;

namespace HnmStreams.Data.Tests.Wire;

/// <summary>Valid messages of the generated classes, in which tests change one field.</summary>
internal static class Messages
{
    public static Example Image() => new()
    {
        Id = "a",
        ClassIndex = 1,
        Tensor = new Tensor { Type = ElementType.Uint8, Shape = { 2u, 2u }, Data = ByteString.CopyFrom(1, 2, 3, 4) },
    };

    public static Example Of(Action<Example> change)
    {
        var message = Image();
        change(message);
        return message;
    }

    public static Example WithBox(float left, float top, float right, float bottom, string label = "cat") =>
        Of(m => m.Boxes = new BoxList { Items = { new Box { Left = left, Top = top, Right = right, Bottom = bottom, Label = label } } });

    public static Example WithFeatures(params Feature[] features) => Of(m => m.Features = new FeatureList { Items = { features } });

    public static Example WithTensor(ElementType type, uint[] shape, byte[] data) =>
        Of(m => m.Tensor = new Tensor { Type = type, Shape = { shape }, Data = ByteString.CopyFrom(data) });
}
