namespace HnmStreams.Data.Readers;

/// <summary>The exception for a data set that cannot be read. The message names the path, the problem and the expected content.</summary>
public sealed class DataSourceException : IOException
{
    public DataSourceException(string path, string problem, string expected, Exception? cause = null)
        : base($"{path}: {problem} Expected: {expected}", cause)
    {
        Path = path;
        Problem = problem;
        Expected = expected;
    }

    /// <summary>The path of the file or folder.</summary>
    public string Path { get; }

    /// <summary>The problem.</summary>
    public string Problem { get; }

    /// <summary>The expected content.</summary>
    public string Expected { get; }
}
