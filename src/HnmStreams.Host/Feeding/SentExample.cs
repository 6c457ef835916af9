using HnmStreams.Data.Examples;
using HnmStreams.Data.Sets;

namespace HnmStreams.Host.Feeding;

/// <summary>An example on its way.</summary>
/// <param name="Truth">Its true class where labels are wrong on purpose, of right and wrong ones alike; else null.</param>
internal readonly record struct SentExample(Example Example, string? Truth = null)
{
    /// <summary>Whether it carries another class than its own, on purpose.</summary>
    public bool IsWrong => Truth is not null && TargetName.Of(Example.Target) != Truth;
}
