using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Teachers;

/// <summary>
/// The logits of a teacher for distillation. Each row is run alone, because the last bits of an output depend on the rows beside it: so a cached
/// logit is that of a new run, and a resumed run in exact mode has the same targets. Thread-safe.
/// </summary>
internal sealed class SoftTargets : ISoftTargets
{
    private readonly ITeacherInput _input;
    private readonly int _teacherWidth;
    private readonly int _width;
    private readonly AnswerCache _answers;

    /// <param name="teacherWidth">The number of logits of the teacher: <paramref name="width"/>, or 2 for one class against the rest.</param>
    /// <param name="width">The output width of the task.</param>
    /// <param name="file">The name and the hash of the file.</param>
    public SoftTargets(ITeacherInput input, int teacherWidth, int width, TeacherOptions options, string file)
    {
        (_input, _teacherWidth, _width) = (input, teacherWidth, width);
        Identity = $"{file}, {input.Description}";
        _answers = new AnswerCache(width, options.CacheMegabytes);
    }

    public string Identity { get; }

    /// <summary>The number of rows that the network was run on, rather than answered from the cache.</summary>
    public long Computed => _answers.Computed;

    public void Run(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> logits)
    {
        var keys = new UInt128?[indices.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = _answers.KeyOf(rows.Payload(indices[i]));
        var missing = _answers.Read(keys, isExact: false, logits);
        Span<float> computed = stackalloc float[2];
        foreach (var position in missing.Positions)
        {
            var own = logits.Slice(position * _width, _width);
            if (_teacherWidth == _width)
            {
                _input.Run(rows, indices.Slice(position, 1), own);
            }
            else
            {
                // The logit of the class against the rest has the same probability.
                _input.Run(rows, indices.Slice(position, 1), computed);
                own[0] = computed[1] - computed[0];
            }
        }

        _answers.Write(missing, CollectionsMarshal.AsSpan(missing.Positions), logits);
    }
}
