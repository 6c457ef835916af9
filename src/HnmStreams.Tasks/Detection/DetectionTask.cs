using System.Globalization;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Metrics;
using HnmStreams.Mining.Composition;
using HnmStreams.Tasks.Detection.Rows;
using HnmStreams.Tasks.Images;
using HnmStreams.Torch.Networks.Images;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Detection;

/// <summary>
/// Object detection on anchors. Hard negatives are mined twice: inside each image, among the background anchors,
/// and over the stream, where the pool keeps the images whose background the model takes for objects.
/// </summary>
public sealed class DetectionTask : IRegionTask
{
    private readonly DetectionOptions _options;
    private readonly AnchorGrid _grid;
    private readonly ImageCollator _collator;
    private readonly DetectionLoss _loss;
    private readonly IgnoredClasses _ignored = new();

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public DetectionTask(DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problem is { } problem)
            throw new ArgumentException(problem, nameof(options));
        (_options, _grid) = (options, new AnchorGrid(options));
        _collator = new ImageCollator(options.Height, options.Width);
        _loss = new DetectionLoss(options, _grid);
    }

    public string Name => "detection";

    /// <summary>False: every image is a candidate, because the rare regions are inside the images.</summary>
    public bool HasPositives => false;

    /// <inheritdoc/>
    public bool EvaluatesPayloads => true;

    public string PrimaryMetric => DetectionOutcomes.Primary;

    public int OutputWidth => _grid.Count * (_options.Labels.Length + 4);

    /// <summary>The activations of 4 images of 320x240 pixels after the first convolution take 5 MB.</summary>
    public int RowsPerPass => Math.Clamp(4 * 320 * 240 / (_options.Width * _options.Height), 1, 256);

    public string? ModelFile { get; init; }

    /// <summary>The classes whose objects were ignored.</summary>
    public IReadOnlyCollection<TaskWarning> Warnings => _ignored.Warnings;

    public Tensor? TrialInput(int rows) => ChannelsLast.View(zeros(rows, _options.Height, _options.Width, 3));

    /// <inheritdoc/>
    public string Preprocessing => $"float32 [n, 3, {_options.Height}, {_options.Width}]: (byte - 127.5) / 64 of red, green, blue of the image scaled to this size.";

    /// <inheritdoc/>
    public string Postprocessing =>
        $"Per anchor {_options.Labels.Length} class logits ({string.Join(", ", _options.Labels)}), whose sigmoids are the scores, and four offsets. The section Images/AnchorDetector of HnmStreams.Torch/Networks/README.md has anchors and boxes.";

    /// <summary>
    /// Encodes the image and its boxes; the row's label is the number of objects. Boxes are clipped to the image,
    /// and boxes without area are skipped.
    /// </summary>
    public Rejection? Encode(Example example, RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(rows);
        if (ExampleWeight.Check(example.Weight) is { } badWeight)
            return badWeight;
        if (example.Target is not Target.Boxes boxes)
            return new Rejection(RejectionReasons.WrongTarget, $"The target must be boxes but is {ExampleKinds.Of(example.Target)}.");
        foreach (var box in boxes.Items)
        {
            if (!_options.IgnoresUnknownClasses && !Names(box))
            {
                return new Rejection(
                    RejectionReasons.UnknownLabel,
                    $"The label of a box must be one of {string.Join(", ", _options.Labels)} but is '{TextExcerpt.Of(box.Label)}'. To train on some of the classes only, set task.detection.unknownClasses to ignore.");
            }

            if (!float.IsFinite(box.Left + box.Top + box.Right + box.Bottom))
                return new Rejection(RejectionReasons.NotFinite, "The sides of a box must be finite numbers.");
        }

        if (ScaledPixels.Encode(example.Input, _options.Limits, rows, out var scale) is { } rejection)
        {
            rows.DiscardRow();
            return rejection;
        }

        foreach (var box in boxes.Items)
        {
            if (!Names(box))
                _ignored.Add(box.Label, example.Id);
        }

        var objects = boxes.Items.Where(Names).Select(b => ToEncoded(b, scale)).Where(o => o.Region.Area > 0).ToArray();
        DetectionRow.WriteObjects(rows, objects);
        rows.Commit(objects.Length, example.Weight);
        return null;
    }

    /// <summary>True if objects of classes that the task does not name are left out.</summary>
    internal bool IgnoresUnknownClasses => _options.IgnoresUnknownClasses;

    /// <summary>Returns a target without the objects of classes that the task does not name.</summary>
    internal Target NamedObjects(Target target) => target is Target.Boxes boxes ? new Target.Boxes([.. boxes.Items.Where(Names)]) : target;

    public nn.Module<Tensor, Tensor> CreateNetwork() =>
        new AnchorDetector(_options.Labels.Length + 4, _options.Shapes.Count(a => a.Stride == 8), _options.Shapes.Count(a => a.Stride == 16), _options.Labels.Length);

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return _collator.Collate(rows, indices, []);
    }

    public Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var changes = BoxAugmentation.Draw(_options, indices.Length, steps);
        var images = _collator.Collate(rows, indices, [.. changes.Select(static change => change.Mirroring)]);
        for (var i = 0; i < changes.Length; i++)
        {
            using var image = images[i];
            changes[i].Window.Apply(image);
        }

        return images;
    }

    /// <returns>[n, anchors, 5]: the class index, -1 (background) or -2 (ignored), then the four offsets.</returns>
    public Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices) => Targets(rows, indices, []);

    public Tensor CollateTrainingTargets(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => Targets(rows, indices, BoxAugmentation.Draw(_options, indices.Length, steps));

    public Tensor Loss(Tensor outputs, Tensor targets) => _loss.PerImage(outputs, targets);

    public Tensor Loss(Tensor outputs, Tensor targets, Generator random) => _loss.PerImage(outputs, targets, random);

    /// <summary>Returns the number of anchors that the classification loss is taken over.</summary>
    public long LossTerms(Tensor targets) => _loss.Terms(targets);

    /// <summary>Writes the result of <see cref="AnchorLosses.Hardness"/> for each image.</summary>
    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) =>
        Hardness(outputs, rows, indices, [], hardness);

    public void TrainingHardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, long steps, Span<float> hardness) =>
        Hardness(outputs, rows, indices, BoxAugmentation.Draw(_options, indices.Length, steps), hardness);

    /// <summary>Returns the background regions that the model most confidently takes for objects, after suppression.</summary>
    public IReadOnlyList<HardNegativeRegion> HardestRegions(ReadOnlySpan<float> outputs, RowBuffer rows, int row, int top)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (assigned, losses, chosen) = (new int[_grid.Count], new float[_grid.Count], new List<int>());
        FillLosses(outputs, Objects(rows, row, default), assigned, losses);
        for (var anchor = 0; anchor < losses.Length; anchor++)
            losses[anchor] = assigned[anchor] == AnchorMatching.Background ? losses[anchor] : float.NaN;
        Mining.Selection.OnlineHardExampleMining.Select(losses, _grid.Overlap, _options.SuppressionOverlap, top, chosen);
        var regions = new List<HardNegativeRegion>(chosen.Count);
        foreach (var anchor in chosen)
        {
            var logits = outputs.Slice(anchor * (_options.Labels.Length + 4), _options.Labels.Length);
            var looksLike = 0;
            for (var i = 1; i < logits.Length; i++)
                looksLike = logits[i] > logits[looksLike] ? i : looksLike;
            var box = _grid.Anchors[anchor];
            var bounds = new BoundingBox(
                Math.Max(0, box.Left / _options.Width), Math.Max(0, box.Top / _options.Height),
                Math.Min(1, box.Right / _options.Width), Math.Min(1, box.Bottom / _options.Height));
            regions.Add(new HardNegativeRegion(bounds, losses[anchor], _options.Labels[looksLike]));
        }

        return regions;
    }

    /// <inheritdoc/>
    public IReadOnlyList<LabeledRegion> Objects(RowBuffer rows, int row)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return [.. Objects(rows, row, default).Select(o => ToShares(o.Region, o.Class, null))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<LabeledRegion> Predictions(ReadOnlySpan<float> outputs) =>
        [.. DetectionDecoder.Of(outputs, _grid, _options).Select(found => ToShares(found.Region, found.Class, found.Score))];

    /// <inheritdoc/>
    public RowPreview View(ReadOnlySpan<byte> payload) =>
        RowPreview.OfImage(PixelPreview.ToPng(DetectionRow.Pixels(payload, _collator.PixelBytes), new ImageShape(_options.Height, _options.Width, 3)));

    /// <summary>Returns the number of objects as text.</summary>
    public string LabelName(int label) => string.Create(CultureInfo.InvariantCulture, $"{label} {(label == 1 ? "object" : "objects")}");

    public ExampleRole RoleOf(int label) => ExampleRole.Negative;

    /// <summary>Plans whole images: hard and random ones.</summary>
    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RatioMix.Plan(options.WithoutPositives(), supply, miningAllowed);
    }

    public IOutcomeMetrics CreateMetrics(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new DetectionOutcomes(capacity, _options, _grid, _collator.PixelBytes);
    }

    private bool Names(LabeledBox box) => Array.IndexOf(_options.Labels, box.Label) >= 0;

    private EncodedObject ToEncoded(LabeledBox box, (float X, float Y) scale) => new(
        Array.IndexOf(_options.Labels, box.Label),
        new BoundingBox(
            Math.Clamp(box.Left * scale.X, 0, _options.Width), Math.Clamp(box.Top * scale.Y, 0, _options.Height),
            Math.Clamp(box.Right * scale.X, 0, _options.Width), Math.Clamp(box.Bottom * scale.Y, 0, _options.Height)),
        box.Difficult);

    private LabeledRegion ToShares(in BoundingBox box, int label, float? score) => new(
        new BoundingBox(
            Math.Clamp(box.Left / _options.Width, 0, 1), Math.Clamp(box.Top / _options.Height, 0, 1),
            Math.Clamp(box.Right / _options.Width, 0, 1), Math.Clamp(box.Bottom / _options.Height, 0, 1)),
        _options.Labels[label],
        score);

    private void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, ReadOnlySpan<BoxAugmentation> changes, Span<float> hardness)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (assigned, losses) = (new int[_grid.Count], new float[_grid.Count]);
        for (var i = 0; i < indices.Length; i++)
        {
            var image = outputs.Slice(i * OutputWidth, OutputWidth);
            FillLosses(image, Objects(rows, indices[i], changes.IsEmpty ? default : changes[i]), assigned, losses);
            hardness[i] = float.IsFinite(Sum(image)) ? AnchorLosses.Hardness(losses, assigned, _options) : float.NaN;
        }
    }

    private void FillLosses(ReadOnlySpan<float> outputs, ReadOnlySpan<EncodedObject> objects, Span<int> assigned, Span<float> losses)
    {
        AnchorMatching.Match(_grid, objects, _options.MatchOverlap, assigned);
        AnchorLosses.Fill(outputs, _options.Labels.Length, objects, assigned, losses);
    }

    private EncodedObject[] Objects(RowBuffer rows, int row, BoxAugmentation change) =>
        change.Of(DetectionRow.Objects(rows, row, _collator.PixelBytes), _options.Width, _options.Height);

    private Tensor Targets(RowBuffer rows, ReadOnlySpan<int> indices, ReadOnlySpan<BoxAugmentation> changes)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var targets = zeros(indices.Length, _grid.Count, 5);
        var values = MemoryMarshal.Cast<byte, float>(targets.bytes);
        var assigned = new int[_grid.Count];
        for (var i = 0; i < indices.Length; i++)
        {
            var objects = Objects(rows, indices[i], changes.IsEmpty ? default : changes[i]);
            AnchorMatching.Match(_grid, objects, _options.MatchOverlap, assigned);
            for (var anchor = 0; anchor < assigned.Length; anchor++)
            {
                var target = values.Slice(((i * _grid.Count) + anchor) * 5, 5);
                target[0] = assigned[anchor] < 0 ? assigned[anchor] : objects[assigned[anchor]].Class;
                if (assigned[anchor] >= 0)
                    _grid.Encode(anchor, objects[assigned[anchor]].Region, target[1..]);
            }
        }

        return targets;
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
