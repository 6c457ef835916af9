using System.Buffers.Binary;
using System.Text;
using CsCheck;
using HnmStreams.Testing;
using HnmStreams.Testing.Tensors;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Snapshots;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public SafetensorsFileTests() => TorchLibrary.EnsureLoaded();

    public void Dispose() => File.Delete(_path);

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Mutated_files_are_read_or_refused_with_a_reason()
    {
        using (var scope = NewDisposeScope())
        {
            SafetensorsFile.Write(
                _path,
                new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["a"] = randn(3, 2), ["b"] = zeros(0, 3), ["c"] = tensor([1L, 2L]) },
                new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "images" });
        }

        var valid = File.ReadAllBytes(_path);
        var mutation = new Mutation(Mutation.Seed(7));
        var (inputs, refused) = (Mutation.Inputs(20_000), 0);
        for (var i = 0; i < inputs; i++)
        {
            using var file = new MemoryStream(mutation.Apply(valid));
            try
            {
                foreach (var tensor in SafetensorsFile.Read(file).Values)
                    tensor.Dispose();
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, inputs / 4, inputs);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_named_pipe_is_refused_and_not_opened()
    {
        File.Delete(_path);
        NamedPipe.Create(_path);
        var read = await Task.Run(() => Record.Exception(() => SafetensorsFile.Read(_path)), TestContext.Current.CancellationToken);
        Assert.Contains("must be a regular file", Assert.IsType<IOException>(read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Round_trips_tensors_of_any_type_order_and_size()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["channels.last"] = randn(2, 4, 5, 3).permute(0, 3, 1, 2),
            ["needs.gradient"] = randn(3).requires_grad_(),
            ["part"] = arange(10, float32).narrow(0, 3, 4),
            ["scalar"] = tensor(4.5),
            ["empty"] = zeros(0, 3),
            ["ümlauts \"quotes\" \\ backslash"] = tensor([1L, -2L, long.MaxValue]),
            ["f16"] = randn(3).to(ScalarType.Float16),
            ["bf16"] = randn(3).to(ScalarType.BFloat16),
            ["i32"] = tensor([1, 2]),
            ["i16"] = tensor([1, 2]).to(ScalarType.Int16),
            ["i8"] = tensor([-1, 2]).to(ScalarType.Int8),
            ["u8"] = tensor([250, 2]).to(ScalarType.Byte),
            ["bool"] = tensor([true, false]),
        };
        SafetensorsFile.Write(_path, tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "images" });
        var read = SafetensorsFile.Read(_path);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.dtype, read[name].dtype);
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.eq(read[name]).all().item<bool>(), name);
            read[name].Dispose();
        }
    }

    [Fact]
    public void Reads_a_manually_written_file()
    {
        WriteFile("""{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}}  """,
            [1, 2, 3, 4, 0, 0, 128, 63, 0, 0, 0, 192]);
        var read = SafetensorsFile.Read(_path);
        Assert.Equal([1, 2, 3, 4], read["a"].data<byte>().ToArray());
        Assert.Equal([2, 2], read["a"].shape);
        Assert.Equal([1f, -2f], read["b"].data<float>().ToArray());
        foreach (var tensor in read.Values)
            tensor.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""")]
    public void Rejects_invalid_headers(string header)
    {
        WriteFile(header, [1, 2, 3, 4]);
        Assert.Contains(_path, Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(_path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(100_000_001)]
    [InlineData(long.MaxValue)]
    public void A_header_length_beyond_the_file_allocates_nothing(long length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        File.WriteAllBytes(_path, bytes);
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(_path));
    }

    [Fact]
    public void Rejects_a_file_above_the_limit()
    {
        WriteFile("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", [1, 2, 3, 4]);
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(_path, maxBytes: 20));
    }

    [Fact]
    public void A_damaged_file_is_rejected_or_read_and_leaks_no_tensor()
    {
        using (var scope = NewDisposeScope())
            SafetensorsFile.Write(_path, new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["a"] = ones(3, 2), ["b"] = tensor([1L]) });
        var valid = File.ReadAllBytes(_path);
        var before = LiveTensors.Settled();
        Gen.Select(Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte).Array[0, 4], Gen.Int[0, valid.Length]).Sample(
            (damage, length) =>
            {
                var bytes = (byte[])valid.Clone();
                foreach (var (position, value) in damage)
                    bytes[position] = value;
                File.WriteAllBytes(_path, damage.Length == 0 ? bytes[..length] : bytes);
                try
                {
                    foreach (var tensor in SafetensorsFile.Read(_path).Values)
                        tensor.Dispose();
                }
                catch (InvalidDataException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            seed: "0000KOIPe036", iter: 500, threads: 1);
        LiveTensors.AssertAtMost(before);
    }

    private void WriteFile(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(_path, [.. length, .. json, .. data]);
    }
}
