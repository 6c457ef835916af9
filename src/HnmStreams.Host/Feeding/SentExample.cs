using HnmStreams.Data.Examples;
using HnmStreams.Data.Sets;

namespace HnmStreams.Host.Feeding;

/// <summary>An example to send, with its true class.</summary>
/// <param name="Truth">The true class if labels are flipped on purpose, for correct and wrong labels alike; otherwise null.</param>
internal readonly record struct SentExample(Example Example, string? Truth = null)
{
    /// <summary>True if the label was flipped on purpose.</summary>
    public bool IsWrong => Truth is not null && TargetName.Of(Example.Target) != Truth;
}
