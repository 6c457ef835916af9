using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Json;

/// <summary>The mapping of examples to their JSON form.</summary>
internal static class JsonExampleMapper
{
    public static JsonExample Of(Example e) => new()
    {
        Id = e.Id,
        Target = Of(e.Target),
        Input = Of(e.Input),
        EventTime = e.EventTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
        Weight = e.Weight == 1 ? null : e.Weight,
    };

    private static JsonTarget? Of(Target target) => target switch
    {
        Target.None => null,
        Target.ClassIndex t => new JsonTarget { Class = (uint)t.Index },
        Target.Label t => new JsonTarget { Label = t.Name },
        Target.Identity t => new JsonTarget { Identity = t.Name, OtherIdentities = t.Others.Count == 0 ? null : t.Others },
        Target.LabelSet t => new JsonTarget { Labels = t.Names },
        Target.Boxes t => new JsonTarget { Boxes = t.Items },
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    private static JsonInput? Of(ExampleInput input) => input switch
    {
        ExampleInput.None => null,
        ExampleInput.Dense dense => new JsonInput { Tensor = Of(dense) },
        ExampleInput.EncodedImage image => new JsonInput { Image = image.Data },
        ExampleInput.Text text => new JsonInput { Text = text.Value },
        ExampleInput.Features features => new JsonInput { Features = features.Items },
        _ => throw new ArgumentOutOfRangeException(nameof(input)),
    };

    private static JsonTensor Of(ExampleInput.Dense dense) => new()
    {
        Type = dense.Type == ElementType.UInt8 ? "uint8" : "float32",
        Shape = dense.Shape,
        Data = dense.Data,
    };
}
