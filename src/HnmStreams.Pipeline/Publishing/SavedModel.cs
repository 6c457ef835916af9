using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A model that was saved.</summary>
/// <param name="Folder">Of its own, named after the version.</param>
public sealed record SavedModel(string Folder, ModelCard Card);
