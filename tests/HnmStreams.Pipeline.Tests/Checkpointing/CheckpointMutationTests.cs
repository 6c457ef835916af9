using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Testing;

namespace HnmStreams.Pipeline.Tests.Checkpointing;

/// <summary>Tests with ten thousand damaged checkpoints. Each is refused with a reason or loaded as it was written.</summary>
public sealed class CheckpointMutationTests : IDisposable
{
    private static readonly CheckpointId Id = new(1, 1);
    private readonly StateFolder _state = new();
    private readonly string _path;
    private readonly Dictionary<string, byte[]> _files;

    public CheckpointMutationTests()
    {
        _path = StateFolder.Write(_state.Open()).Checkpoint.Path;
        _files = Directory.GetFiles(_path).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllBytes, StringComparer.Ordinal);
    }

    public void Dispose() => _state.Dispose();

    [Theory]
    [Trait("Category", "Fuzz")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Finds_and_names_damage_without_allocating_memory(ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed + Mutation.Seed(0));
        var names = _files.Keys.Order(StringComparer.Ordinal).ToArray();
        var refused = 0;
        // Each input is written to disk and flushed, so there are fewer inputs than in tests in memory.
        var inputs = Math.Max(2_500, Mutation.Inputs(0) / 100);
        for (var i = 0; i < inputs; i++)
        {
            var name = names[generator.NextInt32(names.Length)];
            var original = _files[name];
            var mutated = name == CheckpointNames.Manifest && generator.NextInt32(2) == 0
                ? MutateNumber(original, generator)
                : Mutate(original, generator);
            var file = Path.Combine(_path, name);
            if (mutated is null)
                File.Delete(file);
            else
                File.WriteAllBytes(file, mutated);

            var before = GC.GetAllocatedBytesForCurrentThread();
            var search = _state.Open().LoadNewest();
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2 << 20);
            if (search.Found is { } loaded)
            {
                using (loaded)
                    StateFolder.AssertIsIntact(loaded, Id);
                Assert.True(mutated is not null && mutated.AsSpan().SequenceEqual(original), $"{name} was changed and loaded");
            }
            else
            {
                refused++;
                Assert.Contains(name == CheckpointNames.Manifest ? "" : name, Assert.Single(search.Damaged).Reason, StringComparison.Ordinal);
                Assert.True(search.Damaged[0].Reason.Length > 8);
            }

            File.WriteAllBytes(file, original);
        }

        Assert.InRange(refused, inputs * 4 / 5, inputs);
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void A_mutated_manifest_with_a_valid_checksum_is_read_or_refused_with_a_reason()
    {
        var mutation = new Mutation(Mutation.Seed(5));
        var content = SealedJson.Open(_files[CheckpointNames.Manifest]).ToArray();
        var (inputs, refused) = (Mutation.Inputs(20_000), 0);
        for (var i = 0; i < inputs; i++)
        {
            var file = SealedJson.Seal(mutation.Apply(content));
            try
            {
                Assert.Equal(Id, CheckpointManifest.FromFile(file, Id, 1 << 20).Id);
            }
            catch (Exception e) when (e is InvalidDataException or CheckpointFormatException)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, inputs / 4, inputs);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("sequence")]
    [InlineData("name")]
    [InlineData("checksum")]
    [InlineData("parts")]
    [InlineData("null")]
    [InlineData("negative")]
    [InlineData("twice")]
    [InlineData("missing")]
    [InlineData("deep")]
    public void Refuses_an_invalid_manifest_with_a_valid_checksum(string defect)
    {
        var manifest = JsonNode.Parse(SealedJson.Open(_files[CheckpointNames.Manifest]).Span)!.AsObject();
        var part = manifest["parts"]![0]!;
        switch (defect)
        {
            case "length": part["length"] = long.MaxValue; break;
            case "sequence": manifest["sequence"] = 2; break;
            case "name": part["name"] = "../checkpoint-000001-000000001/pool.bin"; break;
            case "checksum": part["checksum"] = "0000000000000000"; break;
            case "parts": manifest["parts"] = new JsonArray(); break;
            case "null": manifest["positions"] = new JsonArray((JsonNode?)null); break;
            case "negative": manifest["positions"]![0]!["nextOffset"] = -1; break;
            case "twice": manifest["parts"]![1] = part.DeepClone(); break;
            case "missing": manifest.Remove("settings"); break;
            default: manifest["settings"] = JsonNode.Parse(string.Concat(Enumerable.Repeat("[", 60)) + string.Concat(Enumerable.Repeat("]", 60))); break;
        }

        File.WriteAllBytes(Path.Combine(_path, CheckpointNames.Manifest), SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(manifest)));
        var search = _state.Open().LoadNewest();
        Assert.Null(search.Found);
        Assert.NotEmpty(Assert.Single(search.Damaged).Reason);
    }

    [Theory]
    [InlineData(1, "an earlier version of this program (format 1, ")]
    [InlineData(99, "another version of this program (format 99, ")]
    public void A_checkpoint_of_another_format_is_refused_by_name_with_a_remedy(int format, string expected)
    {
        var manifest = JsonNode.Parse(SealedJson.Open(_files[CheckpointNames.Manifest]).Span)!.AsObject();
        manifest["format"] = format;
        File.WriteAllBytes(Path.Combine(_path, CheckpointNames.Manifest), SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(manifest)));
        var error = Assert.Throws<InvalidDataException>(() => _state.Open().LoadNewest());
        Assert.Null(_state.Open().LoadNewest(minEpoch: 2).Found);
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_huge_manifest_before_reading_it()
    {
        using (var file = File.OpenHandle(Path.Combine(_path, CheckpointNames.Manifest), FileMode.Open, FileAccess.Write))
            RandomAccess.SetLength(file, 1L << 40);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("at most", Assert.Single(_state.Open().LoadNewest().Damaged).Reason, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static byte[]? Mutate(byte[] original, Xoshiro256StarStar generator)
    {
        var copy = original.ToArray();
        switch (generator.NextInt32(6))
        {
            case 0:
                return null;
            case 1:
                return copy.Length == 0 ? [0] : copy[..generator.NextInt32(copy.Length)];
            case 2:
                return [.. copy, .. new byte[1 + generator.NextInt32(40)]];
            case 3 when copy.Length > 1:
                var from = generator.NextInt32(copy.Length);
                copy.AsSpan(from, generator.NextInt32(copy.Length - from) + 1).Clear();
                return copy;
            default:
                for (var flips = generator.NextInt32(4); flips >= 0 && copy.Length > 0; flips--)
                    copy[generator.NextInt32(copy.Length)] ^= (byte)(1 << generator.NextInt32(8));
                return copy;
        }
    }

    /// <summary>Replaces one digit of the manifest (in a length, offset, version or checksum) with another digit, -1 or the largest number.</summary>
    private static byte[] MutateNumber(byte[] original, Xoshiro256StarStar generator)
    {
        var text = Encoding.UTF8.GetString(original);
        var digits = Enumerable.Range(0, text.Length).Where(i => char.IsAsciiDigit(text[i])).ToArray();
        var position = digits[generator.NextInt32(digits.Length)];
        var number = generator.NextInt32(3) switch
        {
            0 => "9223372036854775807",
            1 => "-1",
            _ => ((text[position] - '0' + 1 + generator.NextInt32(9)) % 10).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        return Encoding.UTF8.GetBytes(text[..position] + number + text[(position + 1)..]);
    }
}
