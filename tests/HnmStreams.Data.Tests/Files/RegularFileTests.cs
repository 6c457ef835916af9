using HnmStreams.Data.Files;
using HnmStreams.Data.Readers;
using HnmStreams.Testing;

namespace HnmStreams.Data.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Accepts_files_links_to_files_folders_and_missing_paths()
    {
        File.WriteAllText(_folder["file"], "x");
        File.CreateSymbolicLink(_folder["link"], _folder["file"]);
        foreach (var path in new[] { _folder["file"], _folder["link"], _folder.Path, _folder["missing"] })
            Assert.Equal(path, RegularFile.Required(path));
    }

    [Fact]
    public void Refuses_pipes_links_to_pipes_and_devices()
    {
        NamedPipe.Create(_folder["pipe"]);
        File.CreateSymbolicLink(_folder["link"], _folder["pipe"]);
        foreach (var path in new[] { _folder["pipe"], _folder["link"], "/dev/zero" })
            Assert.Contains("must be a regular file", Assert.Throws<IOException>(() => RegularFile.Required(path)).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_named_pipe_in_a_data_set_is_refused_and_not_opened()
    {
        NamedPipe.Create(_folder["train.csv"]);
        var opened = await Task.Run(() => Record.Exception(() => CompressedFile.Open(_folder["train.csv"], "a table")), TestContext.Current.CancellationToken);
        Assert.Contains("must be a regular file", Assert.IsType<DataSourceException>(opened).Message, StringComparison.Ordinal);
    }
}
