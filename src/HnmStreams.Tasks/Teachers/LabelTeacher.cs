using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Teachers;

/// <summary>The teacher of a classification with one label per example. Answers are cached by the content of a row, so that repeated examples cost nothing. Thread-safe.</summary>
internal sealed class LabelTeacher : ITeacher
{
    private readonly ITeacherInput _input;
    private readonly int _width;
    private readonly AnswerCache _answers;

    /// <param name="width">The number of logits: 1 or 2 for one class against the rest, otherwise the number of classes.</param>
    /// <param name="file">The name and the hash of the file.</param>
    public LabelTeacher(ITeacherInput input, int width, TeacherOptions options, string file)
    {
        (_input, _width, Threshold, MinHardness) = (input, width, options.Threshold, options.MinHardness);
        Identity = FormattableString.Invariant($"{file}, {input.Description}, threshold {Threshold}");
        _answers = new AnswerCache(width, options.CacheMegabytes);
    }

    public string Identity { get; }

    public double Threshold { get; }

    public double MinHardness { get; }

    public long Computed => _answers.Computed;

    public void Check(RowBuffer rows, ReadOnlySpan<int> indices, bool isExact, Span<float> otherLabel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var keys = new UInt128?[indices.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = _answers.KeyOf(rows.Payload(indices[i]));
        var logits = new float[keys.Length * _width];
        var missing = _answers.Read(keys, isExact, logits);
        Compute(rows, indices, missing.Positions, logits);
        _answers.Write(missing, CollectionsMarshal.AsSpan(missing.Positions), logits);
        for (var i = 0; i < keys.Length; i++)
            otherLabel[i] = OtherLabel(logits.AsSpan(i * _width, _width), rows.Labels[indices[i]]);
    }

    private void Compute(RowBuffer rows, ReadOnlySpan<int> indices, List<int> positions, Span<float> logits)
    {
        if (positions.Count == 0)
            return;
        var asked = new int[positions.Count];
        for (var i = 0; i < asked.Length; i++)
            asked[i] = indices[positions[i]];
        var computed = new float[asked.Length * _width];
        _input.Run(rows, asked, computed);
        for (var i = 0; i < asked.Length; i++)
            computed.AsSpan(i * _width, _width).CopyTo(logits[(positions[i] * _width)..]);
    }

    private float OtherLabel(ReadOnlySpan<float> logits, int label)
    {
        if (!float.IsFinite(TensorPrimitives.Sum(logits)))
            return float.NaN;
        if (_width == 1)
            return (float)(1 / (1 + Math.Exp(label == 1 ? logits[0] : -logits[0])));
        Span<float> probabilities = _width <= 1024 ? stackalloc float[_width] : new float[_width];
        TensorPrimitives.SoftMax(logits, probabilities);
        probabilities[label] = 0;
        return TensorPrimitives.Max(probabilities);
    }
}
