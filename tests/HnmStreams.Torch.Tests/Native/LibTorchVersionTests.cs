using HnmStreams.Torch.Native;

namespace HnmStreams.Torch.Tests.Native;

public sealed class LibTorchVersionTests
{
    [Fact]
    public void Decodes_the_three_highest_bytes() =>
        Assert.Equal(new Version(2, 10, 1), LibTorchVersion.Parse((2UL << 56) | (10UL << 48) | (1UL << 40) | 0xffff));

    [Theory]
    [InlineData("2.10.0")]
    [InlineData("2.10.3")]
    public void Accepts_the_version_that_TorchSharp_is_built_against(string version) =>
        LibTorchVersion.Check(Version.Parse(version), "/folder");

    [Theory]
    [InlineData("2.9.1")]
    [InlineData("2.11.0")]
    [InlineData("1.13.1")]
    [InlineData(null)]
    public void Rejects_any_other_version_with_a_remedy(string? version)
    {
        var error = Assert.Throws<TorchLoadException>(() => LibTorchVersion.Check(version is null ? null : Version.Parse(version), "/folder"));
        Assert.Contains("/folder", error.Message, StringComparison.Ordinal);
        Assert.Contains(version ?? "older than", error.Message, StringComparison.Ordinal);
        Assert.Contains(LibTorchLocator.Variable, error.Message, StringComparison.Ordinal);
    }
}
