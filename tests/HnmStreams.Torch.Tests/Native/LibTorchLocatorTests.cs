using HnmStreams.Torch.Native;

namespace HnmStreams.Torch.Tests.Native;

public sealed class LibTorchLocatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-locator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_environment_decides_alone()
    {
        var candidates = LibTorchLocator.Candidates("/somewhere", _folder).ToArray();
        Assert.Equal(("/somewhere", LibTorchLocator.Variable), Assert.Single(candidates));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_it_what_was_published_comes_first_and_the_package_last(string? overriding)
    {
        File.WriteAllText(Path.Combine(_folder, LibTorchLocator.PathFile), "/packages/libtorch\n");
        var folders = LibTorchLocator.Candidates(overriding, _folder).Select(c => c.Folder).ToArray();
        Assert.Equal(Path.Combine(_folder, "libtorch"), folders[0]);
        Assert.Equal("/packages/libtorch", folders[^1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_missing_or_empty_path_file_is_no_candidate(string? content)
    {
        if (content is not null)
            File.WriteAllText(Path.Combine(_folder, LibTorchLocator.PathFile), content);
        Assert.All(LibTorchLocator.Candidates(null, _folder), c => Assert.StartsWith(_folder, c.Folder, StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_holds_libtorch_when_it_has_the_main_library()
    {
        Assert.False(LibTorchLocator.HoldsLibTorch(_folder));
        File.WriteAllBytes(Path.Combine(_folder, "libtorch_cpu.so"), []);
        Assert.True(LibTorchLocator.HoldsLibTorch(_folder));
    }
}
