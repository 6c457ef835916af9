using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks;

/// <summary>The kinds of inputs and targets in words, for messages to producers.</summary>
internal static class ExampleKinds
{
    public static string Of(Target target) => target switch
    {
        Target.ClassIndex => "a class index",
        Target.Label => "a label",
        Target.Identity => "an identity",
        Target.LabelSet => "a set of labels",
        Target.None => "missing",
        _ => "boxes",
    };

    public static string Of(ExampleInput input) => Of(InputView.Of(input).Kind);

    public static string Of(InputKind input) => input switch
    {
        InputKind.Dense => "a tensor",
        InputKind.EncodedImage => "an encoded image",
        InputKind.Text => "a text",
        InputKind.None => "missing",
        _ => "named features",
    };
}
