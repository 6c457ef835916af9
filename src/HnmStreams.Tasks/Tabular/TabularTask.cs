using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tabular;

/// <summary>
/// Classification of tables: named numbers and categories (any names, hashed), or dense rows of float32. The network
/// standardizes numbers by the data trained on so far, which is part of its state.
/// </summary>
public sealed class TabularTask : LabeledTask
{
    private readonly int? _features;
    private readonly int _buckets;
    private readonly int[] _hidden;
    private readonly bool _standardize;
    private readonly FeatureNames _names;
    private readonly QuotedNumbers _numeric;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public TabularTask(TabularOptions options)
        : base("tabular", options)
    {
        (_features, _buckets, _hidden, _standardize) = (options.Features, options.Buckets, [.. options.Hidden], options.Standardize);
        _names = new FeatureNames(_features is null ? _buckets : 0);
        _numeric = new QuotedNumbers(options.Numeric, options.Missing);
    }

    public override IReadOnlyCollection<TaskWarning> Warnings => _names.Warnings;

    public override int RowsPerPass => 4096;

    /// <inheritdoc/>
    public override string Preprocessing => _features is { } features
        ? $"float32 [n, {features}]: the values as they are."
        : $"float32 [n, longest, 2]: bucket and value of each feature, hashed by XxHash3 into {_buckets} buckets; the bucket -1 pads. The section Inputs of HnmStreams.Torch/Networks/README.md has the formula.";

    public override nn.Module<Tensor, Tensor> CreateNetwork() =>
        _features is not { } features ? new NamedFeatureNet(_buckets, _hidden, OutputWidth)
        : _standardize ? new ScaledMlp(features, _hidden, OutputWidth)
        : new Mlp(features, _hidden, OutputWidth);

    /// <returns>Dense rows: [n, features]. Named features: [n, longest, 2], the input of <see cref="NamedFeatureNet"/>.</returns>
    /// <exception cref="InvalidDataException">A row was not written by this task's encoder.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return _features is { } features ? DenseRow.Collate(rows, indices, features) : NamedRow.Collate(rows, indices, _buckets);
    }

    /// <inheritdoc/>
    public override bool HasDenseInputs => _features is not null;

    public override Tensor? TrialInput(int rows) => _features is { } features ? zeros(rows, features) : zeros(rows, 1, 2);

    /// <inheritdoc/>
    public override RowPreview View(ReadOnlySpan<byte> payload) => _features is null ? NamedRow.View(payload, _names) : RowPreview.OfNumbers(payload);

    /// <inheritdoc/>
    public override IReadOnlyList<RowFeature>? Features(ReadOnlySpan<byte> payload) => _features is null ? NamedRow.Features(payload, _names) : DenseRow.Features(payload);

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => (input.Kind, _features) switch
    {
        (InputKind.Dense, { } features) => DenseRow.Write(input, features, rows),
        (InputKind.Features, null) => NamedRow.Write(input.Features, _buckets, rows, _names, _numeric),
        (_, null) => new Rejection(RejectionReasons.WrongInput, $"The input must be named features but is {ExampleKinds.Of(input.Kind)}; set task.tabular.features to the number of values for dense rows."),
        _ => new Rejection(RejectionReasons.WrongInput, $"The input must be a dense tensor, because task.tabular.features is {_features}, but is {ExampleKinds.Of(input.Kind)}; unset it for named features."),
    };
}
