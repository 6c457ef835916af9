using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Sets;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks;

/// <summary>
/// A check of a finite training set: the task accepts at least one example, and at least one example has the positive class, or an object
/// of a class that the task names. Without it, a run on such a set learns nothing and reports no error.
/// </summary>
/// <remarks>Single-threaded. Examples are encoded until the first one is accepted, so a valid set costs one encoding and O(1) per example.</remarks>
public sealed class TrainingSetCheck(IMiningTask task)
{
    private const int MaxListedLabels = 20;

    private readonly LabeledTask? _labeled = task as LabeledTask;
    private readonly Dictionary<string, long> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Count, string Detail, string Id)> _rejections = new(StringComparer.Ordinal);
    private long _examples;
    private bool _accepted;
    private readonly DetectionTask? _detection = task is DetectionTask { IgnoresUnknownClasses: true } detection ? detection : null;
    private bool _positive = task is not (LabeledTask { HasPositives: true } or DetectionTask { IgnoresUnknownClasses: true });

    /// <summary>True if no further example can reveal a problem.</summary>
    public bool HasPassed => _accepted && _positive;

    /// <summary>Includes an example of the set.</summary>
    public void Add(Example example)
    {
        ArgumentNullException.ThrowIfNull(example);
        if (HasPassed)
            return;
        _examples++;
        if (!_positive)
        {
            _positive = _labeled?.IsPositive(example.Target) ?? _detection!.NamedObjects(example.Target) is Target.Boxes { Items.Count: > 0 };
            foreach (var name in example.Target is Target.Boxes boxes ? boxes.Items.Select(static b => b.Label) : [TargetName.Of(example.Target)])
            {
                if (_labels.Count < MaxListedLabels || _labels.ContainsKey(name))
                    _labels[name] = _labels.GetValueOrDefault(name) + 1;
            }
        }

        if (!_accepted)
            TryEncode(example);
    }

    /// <summary>Returns the problem of the whole set, a sentence, or null.</summary>
    public string? Problem()
    {
        // Images without any object may be all that a producer of hard negatives sends.
        if (_examples == 0 || HasPassed || (_accepted && _detection is not null && _labels.Count == 0))
            return null;
        if (!_accepted)
        {
            var (detail, id) = _rejections.Values.OrderByDescending(static r => r.Count).Select(static r => (r.Detail, r.Id)).First();
            return string.Create(CultureInfo.InvariantCulture, $"The task {task.Name} rejects {_examples} of {_examples} examples: {detail} For example {id}.");
        }

        var labels = _labels.OrderByDescending(static l => l.Value).Select(static l => string.Create(CultureInfo.InvariantCulture, $"'{l.Key}' ({l.Value})"));
        var missing = _detection is null ? $"No example has the positive class '{task.LabelName(1)}' of the task {task.Name}." : $"No image has an object of a class that the task {task.Name} names.";
        return $"{missing} The labels of the set are {string.Join(", ", labels)}{(_labels.Count == MaxListedLabels ? " and possibly more" : "")}.";
    }

    private void TryEncode(Example example)
    {
        using var rows = new RowBuffer();
        // Ignored objects are counted when the example is learned from, not here.
        if (task.Encode(_detection is null ? example : example with { Target = _detection.NamedObjects(example.Target) }, rows) is not { } rejection)
        {
            _accepted = true;
            return;
        }

        var (count, detail, id) = _rejections.GetValueOrDefault(rejection.Reason, (0, rejection.Detail, example.Id));
        _rejections[rejection.Reason] = (count + 1, detail, id);
    }
}
