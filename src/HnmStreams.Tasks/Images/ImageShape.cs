namespace HnmStreams.Tasks.Images;

/// <summary>Size of a picture, in pixels and channels.</summary>
internal readonly record struct ImageShape(int Height, int Width, int Channels)
{
    public int Bytes => Height * Width * Channels;

    /// <summary>Whether a dense tensor is such a picture: [channels, height, width], or [height, width] where it is grey.</summary>
    public bool Matches(IReadOnlyList<int> shape) => shape.Count switch
    {
        2 => Channels == 1 && shape[0] == Height && shape[1] == Width,
        3 => shape[0] == Channels && shape[1] == Height && shape[2] == Width,
        _ => false,
    };

    public override string ToString() => Channels == 1 ? $"[{Height}, {Width}]" : $"[{Channels}, {Height}, {Width}]";
}
