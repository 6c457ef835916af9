namespace HnmStreams.Data.Readers;

/// <summary>A set of examples cannot be read. The message names the path, what is wrong with it, and what is expected.</summary>
public sealed class DataSourceException : IOException
{
    public DataSourceException(string path, string problem, string expected, Exception? cause = null)
        : base($"{path}: {problem} Expected: {expected}", cause)
    {
        Path = path;
        Problem = problem;
        Expected = expected;
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>What was found.</summary>
    public string Problem { get; }

    /// <summary>What would have been right.</summary>
    public string Expected { get; }
}
