using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Models;

namespace HnmStreams.Web.Tests.Api.Models;

public sealed class ModelDownloadsTests
{
    [Fact(Timeout = 120_000)]
    public async Task Downloads_of_a_version_share_one_private_file_which_is_removed_at_the_end()
    {
        var view = RunStates.View(TimeProvider.System);
        string path;
        using (var downloads = new ModelDownloads(new ModelQueries(RunStates.Queries(view).ModelSource)))
        {
            var opened = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => downloads.OpenAsync(TestContext.Current.CancellationToken)));
            path = Assert.Single(opened.Select(o => ((FileStream)o!.Value.Weights).Name).Distinct(StringComparer.Ordinal));
            Assert.Equal(path, Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
            }

            foreach (var download in opened)
                await download!.Value.Weights.DisposeAsync();
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }
}
