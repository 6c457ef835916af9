using HnmStreams.Torch.Native;

namespace HnmStreams.Torch.Tests.Native;

public sealed class LibTorchLocatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-locator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_environment_variable_excludes_all_other_folders()
    {
        var candidates = LibTorchLocator.Candidates("/custom/libtorch", _folder).ToArray();
        Assert.Equal(("/custom/libtorch", LibTorchLocator.Variable), Assert.Single(candidates));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_the_variable_the_published_folder_is_first_and_the_package_folder_last(string? variable)
    {
        File.WriteAllText(Path.Combine(_folder, LibTorchLocator.PathFile), "/packages/libtorch\n");
        var folders = LibTorchLocator.Candidates(variable, _folder).Select(c => c.Folder).ToArray();
        Assert.Equal(Path.Combine(_folder, "libtorch"), folders[0]);
        Assert.Equal("/packages/libtorch", folders[^1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_missing_or_empty_path_file_adds_no_candidate(string? content)
    {
        if (content is not null)
            File.WriteAllText(Path.Combine(_folder, LibTorchLocator.PathFile), content);
        Assert.All(LibTorchLocator.Candidates(null, _folder), c => Assert.StartsWith(_folder, c.Folder, StringComparison.Ordinal));
    }

    [Fact]
    public void Recognizes_a_folder_with_libtorch_cpu()
    {
        Assert.False(LibTorchLocator.HoldsLibTorch(_folder));
        File.WriteAllBytes(Path.Combine(_folder, "libtorch_cpu.so"), []);
        Assert.True(LibTorchLocator.HoldsLibTorch(_folder));
    }
}
