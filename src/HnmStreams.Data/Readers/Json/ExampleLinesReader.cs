using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Readers.Json;

/// <summary>A reader of files with one example per line in the JSON form of the wire format, with any target and any input, ids and times included.</summary>
internal sealed class ExampleLinesReader : IExampleReader
{
    private const string Expected = "one example per line in the JSON form of the wire format";
    private readonly string _path;

    private ExampleLinesReader(string path) => _path = path;

    public int? Count => null;

    public static ExampleLinesReader Open(string path)
    {
        var reader = new ExampleLinesReader(path);
        return reader.Read().Any() ? reader : throw new DataSourceException(path, "The file has no lines.", Expected);
    }

    public IEnumerable<Example> Read(CancellationToken ct = default)
    {
        using var source = LineSource.Open(_path, Expected);
        // Weights are kept as they are in the file; the service that receives the examples limits them.
        var decoder = new ExampleDecoder(new WireLimits { MaxRecordBytes = 16 << 20, MaxWeight = float.MaxValue });
        while (source.Next(out var line))
        {
            ct.ThrowIfCancellationRequested();
            var result = decoder.Decode(line, WireFormat.Json, default);
            yield return result.Example ?? throw source.Damaged($"{result.Reason}: {result.Detail}", Expected);
        }
    }
}
