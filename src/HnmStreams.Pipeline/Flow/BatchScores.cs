using System.Buffers;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The scores of a batch: outputs and hardness per scored row, of one model version, or of one version per row.</summary>
internal sealed class BatchScores(int rows, int width, long version) : IDisposable
{
    private float[] _outputs = ArrayPool<float>.Shared.Rent(rows * width);
    private float[] _hardness = ArrayPool<float>.Shared.Rent(rows);

    private readonly long[]? _versions;

    /// <param name="versions">The version of each row.</param>
    public BatchScores(int rows, int width, long[] versions)
        : this(rows, width, versions.Length > 0 ? versions.Max() : 0) => _versions = versions;

    /// <summary>The version of the rows; the newest one if they have several.</summary>
    public long Version { get; } = version;

    public Span<float> Outputs => _outputs.AsSpan(0, rows * width);

    public Span<float> Hardness => _hardness.AsSpan(0, rows);

    public long VersionOf(int row) => _versions is null ? Version : _versions[row];

    public ReadOnlySpan<float> OutputsOf(int row) => _outputs.AsSpan(row * width, width);

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_outputs);
        ArrayPool<float>.Shared.Return(_hardness);
        (_outputs, _hardness) = ([], []);
    }
}
