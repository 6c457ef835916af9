using System.Text;
using HnmStreams.Configuration;
using HnmStreams.Testing;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Fuzzing.Targets;

/// <summary>A settings file, and after a line feed and a zero byte the text of <c>--set</c>. They are loaded or refused with a reason.</summary>
internal sealed class SettingsTarget : FuzzTarget
{
    private const string File = "fuzzed.json";

    private readonly TemporaryFolder _folder = new();
    private readonly SettingsLoader _loader;

    public SettingsTarget(string name)
        : base(name) => _loader = new SettingsLoader(new ConfigFiles(_folder.Path, _folder["program"]), new Dictionary<string, string>(StringComparer.Ordinal));

    private static ReadOnlySpan<byte> Separator => "\n\0"u8;

    public override IEnumerable<byte[]> Seeds()
    {
        string[] files =
        [
            """{"kafka":{"topic":"t","client":{"sasl.password":"secret"}},"task":{"images":{"positive":"1"}}}""",
            """{"pipeline":{"batching":{"size":512,"linger":"50ms"},"pool":{"count":4000},"evaluation":{"interval":"2s"}}}""",
            """{"data":{"downsampling":{"spam":"0.01"}},"http":{"urls":"http://127.0.0.1:8088"}}""",
        ];
        string[] sets = ["pipeline.batching.size=4", "run.limit=6", "data.table.delimiter=,"];
        return files.Zip(sets, static (file, set) => (byte[])[.. Encoding.UTF8.GetBytes(file), .. Separator, .. Encoding.UTF8.GetBytes(set)]);
    }

    public override void Run(byte[] input)
    {
        var separator = input.AsSpan().IndexOf(Separator);
        System.IO.File.WriteAllBytes(_folder[File], separator < 0 ? input : input[..separator]);
        string[] sets = separator < 0 ? [] : [Encoding.UTF8.GetString(input.AsSpan(separator + Separator.Length))];
        try
        {
            _loader.Load(new SettingsRequest(File, sets, []));
        }
        catch (SettingsException e)
        {
            FuzzCheck.Holds(e.Message.Length > 0, input);
        }
    }

    public override void Dispose()
    {
        _folder.Dispose();
        base.Dispose();
    }
}
