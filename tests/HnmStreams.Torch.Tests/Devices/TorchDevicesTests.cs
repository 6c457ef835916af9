using HnmStreams.Torch.Devices;

namespace HnmStreams.Torch.Tests.Devices;

public sealed class TorchDevicesTests
{
    [Theory]
    [InlineData("cpu", 0, "cpu")]
    [InlineData(" CPU ", 2, "cpu")]
    [InlineData("auto", 0, "cpu")]
    [InlineData("auto", 1, "cuda:0")]
    [InlineData("cuda", 1, "cuda:0")]
    [InlineData("cuda:1", 2, "cuda:1")]
    public void Resolves_device_names(string name, int cudaDevices, string expected) =>
        Assert.Equal(expected, TorchDevices.Choose(name, cudaDevices));

    [Theory]
    [InlineData("gpu", 1)]
    [InlineData("", 1)]
    [InlineData("cuda:", 1)]
    [InlineData("cuda:-1", 1)]
    [InlineData("cuda:x", 1)]
    [InlineData("cuda:1", 1)]
    [InlineData("cuda", 0)]
    [InlineData("cuda:0", 0)]
    public void Rejects_unknown_devices_with_a_remedy(string name, int cudaDevices)
    {
        var error = Assert.Throws<DeviceException>(() => TorchDevices.Choose(name, cudaDevices));
        Assert.Equal(name, error.Device);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy!);
    }

    [Fact]
    public void The_CPU_is_always_available() => Assert.Equal("cpu", TorchDevices.Parse("cpu").ToString());
}
