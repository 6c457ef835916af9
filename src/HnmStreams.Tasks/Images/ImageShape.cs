namespace HnmStreams.Tasks.Images;

/// <summary>The size of an image in pixels and channels.</summary>
internal readonly record struct ImageShape(int Height, int Width, int Channels)
{
    public int Bytes => Height * Width * Channels;

    /// <summary>Returns true if a dense tensor has this shape: [channels, height, width], or [height, width] for gray images.</summary>
    public bool Matches(IReadOnlyList<int> shape) => shape.Count switch
    {
        2 => Channels == 1 && shape[0] == Height && shape[1] == Width,
        3 => shape[0] == Channels && shape[1] == Height && shape[2] == Width,
        _ => false,
    };

    public override string ToString() => Channels == 1 ? $"[{Height}, {Width}]" : $"[{Channels}, {Height}, {Width}]";
}
