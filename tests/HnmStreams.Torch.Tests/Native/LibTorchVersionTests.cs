using HnmStreams.Torch.Native;

namespace HnmStreams.Torch.Tests.Native;

public sealed class LibTorchVersionTests
{
    [Fact]
    public void The_three_highest_bytes_are_the_version() =>
        Assert.Equal(new Version(2, 10, 1), LibTorchVersion.Parse((2UL << 56) | (10UL << 48) | (1UL << 40) | 0xffff));

    [Theory]
    [InlineData("2.10.0")]
    [InlineData("2.10.3")]
    public void The_version_TorchSharp_was_built_against_is_accepted(string version) =>
        LibTorchVersion.Check(Version.Parse(version), "/folder");

    [Theory]
    [InlineData("2.9.1")]
    [InlineData("2.11.0")]
    [InlineData("1.13.1")]
    [InlineData(null)]
    public void Any_other_is_refused_by_name_with_a_remedy(string? version)
    {
        var refusal = Assert.Throws<TorchLoadException>(() => LibTorchVersion.Check(version is null ? null : Version.Parse(version), "/folder"));
        Assert.Contains("/folder", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(version ?? "older than", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(LibTorchLocator.Variable, refusal.Message, StringComparison.Ordinal);
    }
}
