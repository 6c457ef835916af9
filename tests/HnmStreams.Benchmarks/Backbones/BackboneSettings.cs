using HnmStreams.Torch.Networks.Backbones;

namespace HnmStreams.Benchmarks.Backbones;

/// <summary>The settings of one measurement.</summary>
/// <param name="File">The safetensors file of the backbone.</param>
/// <param name="Rows">The rows of a batch.</param>
/// <param name="Size">The tokens of a text, or the height and width of an image in pixels.</param>
/// <param name="RowsPerPass">The largest number of rows in one pass of a step; 0 for whole batches.</param>
/// <param name="FrozenLayers">The number of layers from the input that are not trained.</param>
/// <param name="Steps">The number of measured steps.</param>
internal sealed record BackboneSettings(string File, int Rows, int Size, int RowsPerPass, int FrozenLayers, BackboneComputing Computing, int Steps, int Threads);
