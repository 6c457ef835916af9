namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>The sizes of a <see cref="BertEncoder"/>.</summary>
/// <param name="Vocabulary">The number of tokens.</param>
/// <param name="Positions">The maximum number of tokens of a text.</param>
/// <param name="Types">The number of token types. All tokens have type 0.</param>
/// <param name="Width">The number of features of a token.</param>
/// <param name="Intermediate">The width of the feed-forward part of a layer.</param>
/// <param name="Layers">The number of layers.</param>
/// <param name="Heads">The number of attention heads, a divisor of <paramref name="Width"/>.</param>
/// <param name="Epsilon">The number that layer normalization adds to the variance.</param>
internal sealed record BertShape(int Vocabulary, int Positions, int Types, int Width, int Intermediate, int Layers, int Heads, double Epsilon = 1e-12);
