using System.IO.Compression;
using System.IO.Hashing;

namespace HnmStreams.Fuzzing.Running;

/// <summary>The inputs of a target that coverage-guided fuzzing found, one zip file per target, and its seeds.</summary>
internal static class Corpus
{
    // The same inputs give the same file.
    private static readonly DateTimeOffset Timestamp = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Corpus");

    /// <summary>Returns the seeds of the target and the inputs of its corpus.</summary>
    public static IEnumerable<byte[]> Inputs(FuzzTarget target) => target.Seeds().Concat(Read(Path.Combine(Folder, $"{target.Name}.zip")));

    /// <summary>Writes the inputs as files, for afl-fuzz.</summary>
    public static void Extract(FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var input in Inputs(target).Where(static input => input.Length > 0))
            File.WriteAllBytes(Path.Combine(folder, NameOf(input)), input);
    }

    /// <summary>Writes all files of a folder into a corpus file, except the seeds.</summary>
    /// <returns>The number of inputs.</returns>
    public static int Pack(FuzzTarget target, string folder, string zip)
    {
        var seeds = target.Seeds().Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var inputs = Directory.EnumerateFiles(folder).Select(File.ReadAllBytes).DistinctBy(NameOf, StringComparer.Ordinal).Where(input => !seeds.Contains(NameOf(input)))
            .OrderBy(static input => input.Length).ThenBy(NameOf, StringComparer.Ordinal).ToList();
        using var archive = ZipFile.Open(zip, ZipArchiveMode.Create);
        foreach (var input in inputs)
        {
            var entry = archive.CreateEntry(NameOf(input), CompressionLevel.SmallestSize);
            entry.LastWriteTime = Timestamp;
            using var stream = entry.Open();
            stream.Write(input);
        }

        return inputs.Count;
    }

    private static string NameOf(byte[] input) => XxHash64.HashToUInt64(input).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<byte[]> Read(string zip)
    {
        if (!File.Exists(zip))
            yield break;
        using var archive = ZipFile.OpenRead(zip);
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return bytes.ToArray();
        }
    }
}
