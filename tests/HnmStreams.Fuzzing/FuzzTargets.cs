using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Fuzzing.Targets;

namespace HnmStreams.Fuzzing;

/// <summary>All fuzz targets by name.</summary>
internal static class FuzzTargets
{
    private static readonly (string Name, Func<string, FuzzTarget> Create)[] All =
    [
        ("protobuf", static name => new RecordTarget(name, WireFormat.Protobuf)),
        ("json", static name => new RecordTarget(name, WireFormat.Json)),
        ("fields", static name => new EnvelopeTarget(name, EnvelopeKind.None)),
        ("debezium", static name => new EnvelopeTarget(name, EnvelopeKind.Debezium)),
        ("cloudevents", static name => new EnvelopeTarget(name, EnvelopeKind.CloudEvents)),
        ("registry-avro", static name => new RegistryTarget(name, "AVRO")),
        ("registry-protobuf", static name => new RegistryTarget(name, "PROTOBUF")),
        ("registry-json", static name => new RegistryTarget(name, "JSON")),
        ("arrow", static name => new ArrowTarget(name)),
        ("image", static name => new ImageTarget(name)),
        ("safetensors", static name => new SafetensorsTarget(name)),
        ("manifest", static name => new ManifestTarget(name)),
        ("state", static name => new StateTarget(name)),
        ("scored-batch", static name => new ScoredBatchTarget(name)),
        ("settings", static name => new SettingsTarget(name)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static target => target.Name)];

    /// <summary>Creates a target. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">No target has this name.</exception>
    public static FuzzTarget Create(string name) =>
        Array.Find(All, target => target.Name == name).Create is { } create
            ? create(name)
            : throw new ArgumentException($"The target must be one of {string.Join(", ", Names)} but is '{name}'.", nameof(name));
}
