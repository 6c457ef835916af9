using HnmStreams.Data.Examples;

namespace HnmStreams.Host.Feeding;

/// <summary>An example on its way.</summary>
/// <param name="Truth">Its true class where labels are wrong on purpose, of right and wrong ones alike; else null.</param>
internal readonly record struct SentExample(Example Example, string? Truth = null);
