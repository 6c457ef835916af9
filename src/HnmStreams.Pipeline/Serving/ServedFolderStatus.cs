using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Pipeline.Serving;

/// <summary>A snapshot of the folder of models and the version that is served from it.</summary>
/// <param name="Folder">The folder that is watched.</param>
/// <param name="Path">The folder of the served version; null before the first.</param>
/// <param name="Model">The card of the served version; null before the first.</param>
/// <param name="LoadedAt">The time at which it was loaded.</param>
/// <param name="Loads">The number of versions that were loaded.</param>
/// <param name="Refused">The versions that cannot be served, newest first.</param>
public sealed record ServedFolderStatus(string Folder, string? Path, ModelCard? Model, DateTimeOffset? LoadedAt, long Loads, IReadOnlyList<RefusedVersion> Refused);

/// <summary>A saved version that cannot be served.</summary>
public sealed record RefusedVersion(string Path, string Reason);
