using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A model that was saved.</summary>
/// <param name="Folder">The model's own folder, named after the version.</param>
public sealed record SavedModel(string Folder, ModelCard Card);
