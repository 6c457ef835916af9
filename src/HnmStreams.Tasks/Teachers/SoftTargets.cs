using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Teachers;

/// <summary>
/// The logits of a teacher for distillation. Each row is run alone, because the last bits of an output depend on the rows beside it: so a cached
/// logit is that of a new run, and a resumed run in exact mode has the same targets. Thread-safe.
/// </summary>
internal sealed class SoftTargets : ISoftTargets
{
    // Collisions of the cache's keys must not be constructible by a producer.
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly ITeacherInput _input;
    private readonly int _teacherWidth;
    private readonly int _width;
    private readonly FeatureCache? _cache;
    private long _computed;

    /// <param name="teacherWidth">The number of logits of the teacher: <paramref name="width"/>, or 2 for one class against the rest.</param>
    /// <param name="width">The output width of the task.</param>
    /// <param name="file">The name and the hash of the file.</param>
    public SoftTargets(ITeacherInput input, int teacherWidth, int width, TeacherOptions options, string file)
    {
        (_input, _teacherWidth, _width) = (input, teacherWidth, width);
        Identity = $"{file}, {input.Description}";
        _cache = options.CacheMegabytes == 0 ? null : new FeatureCache(width * sizeof(float), (long)options.CacheMegabytes << 20);
    }

    public string Identity { get; }

    /// <summary>The number of rows that the network was run on, rather than answered from the cache.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    public void Run(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> logits)
    {
        Span<float> computed = stackalloc float[2];
        for (var i = 0; i < indices.Length; i++)
        {
            var own = logits.Slice(i * _width, _width);
            var key = XxHash128.HashToUInt128(rows.Payload(indices[i]), _seed);
            if (_cache?.TryRead(key, MemoryMarshal.AsBytes(own)) == true)
                continue;
            if (_teacherWidth == _width)
            {
                _input.Run(rows, indices.Slice(i, 1), own);
            }
            else
            {
                // The logit of the class against the rest has the same probability.
                _input.Run(rows, indices.Slice(i, 1), computed);
                own[0] = computed[1] - computed[0];
            }

            _cache?.Write(key, MemoryMarshal.AsBytes(own));
            Interlocked.Increment(ref _computed);
        }
    }
}
