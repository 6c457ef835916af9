namespace HnmStreams.Testing;

/// <summary>A temporary folder that is deleted when it is disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hnm-test-").FullName;

    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    public TemporaryFolder With(string relative, string text)
    {
        var full = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
