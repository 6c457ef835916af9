using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders.Models;
using HnmStreams.Tasks.Labels;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Teachers;

/// <summary>A teacher that takes the input of the task's network, float32 or int64, such as an exported version of another run.</summary>
internal sealed class NetworkInput : ITeacherInput
{
    // Bounds the memory of the activations.
    private const int RowsPerRun = 256;

    private readonly OnnxModel _model;
    private readonly LabeledTask _task;
    private readonly int _width;

    /// <param name="width">The number of logits.</param>
    /// <exception cref="InvalidDataException">The file has several inputs, or does not fit the task.</exception>
    public NetworkInput(OnnxModel model, LabeledTask task, int width)
    {
        (_model, _task, _width) = (model, task, width);
        if (model.Inputs.Count != 1)
            throw new InvalidDataException($"A teacher must have the one input of the task's network, or the input 'input_ids' (and may have 'attention_mask' and 'token_type_ids'), but has: {string.Join(", ", model.Inputs)}.");
        using var scope = NewDisposeScope();
        if (task.TrialInput(2) is { } trial)
            Run(trial, 2, new float[2 * width]);
    }

    public string Description => "input of the network";

    public void Run(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> logits)
    {
        for (var from = 0; from < indices.Length; from += RowsPerRun)
        {
            using var scope = NewDisposeScope();
            var part = indices.Slice(from, Math.Min(RowsPerRun, indices.Length - from));
            Run(_task.Collate(rows, part), part.Length, logits.Slice(from * _width, part.Length * _width));
        }
    }

    private void Run(Tensor input, int count, Span<float> logits)
    {
        var values = input.contiguous();
        var shape = values.shape;
        var output = _model.Run([values.dtype == ScalarType.Int64
            ? new ModelInput(_model.Inputs[0], MemoryMarshal.Cast<byte, long>(values.bytes).ToArray(), null, shape)
            : new ModelInput(_model.Inputs[0], null, MemoryMarshal.Cast<byte, float>(values.bytes).ToArray(), shape)]);
        if (output.Shape is not [var n, var width] || n != count || width != _width)
            throw new InvalidDataException($"For {count} examples the teacher must return [{count}, {_width}], one logit per label, but returns [{string.Join(", ", output.Shape)}]. Choose another output with 'task.teacher.output'.");
        output.Values.CopyTo(logits);
    }
}
