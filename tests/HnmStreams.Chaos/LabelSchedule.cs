using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Chaos;

/// <summary>
/// The labels of a stream whose labels come later, and their times: after a random number of further examples, 2 % never, 1 % before their
/// example, 1 % twice, and 1 % with a correction later. A function of the seed.
/// </summary>
internal sealed class LabelSchedule(ulong seed)
{
    private const int MaxDelay = 2_000;
    private const double NeverShare = 0.02, FirstShare = 0.01, TwiceShare = 0.01, CorrectedShare = 0.01;

    private readonly Xoshiro256StarStar _generator = new(seed);
    private readonly PriorityQueue<Example, (int Due, int Order)> _due = new();
    private int _order;

    /// <summary>The number of label records that were taken so far.</summary>
    public int Taken { get; private set; }

    /// <summary>Adds the labels of an example.</summary>
    /// <param name="number">The number of the example.</param>
    public void Add(Example example, int number)
    {
        var (kind, delay) = (_generator.NextDouble(), 1 + _generator.NextInt32(MaxDelay));
        var label = example with { Input = ExampleInput.None.Instance };
        if ((kind -= NeverShare) < 0)
            return;
        Enqueue(label, (kind -= FirstShare) < 0 ? number : number + delay);
        if (kind < 0)
            return;
        if ((kind -= TwiceShare) < 0)
            Enqueue(label, number + delay + _generator.NextInt32(MaxDelay));
        else if (kind - CorrectedShare < 0)
            Enqueue(label with { Target = new Target.ClassIndex(1 - ((Target.ClassIndex)example.Target).Index) }, number + delay + 1 + _generator.NextInt32(MaxDelay));
    }

    /// <summary>Takes the labels that are due before an example is sent.</summary>
    public IEnumerable<Example> Take(int number)
    {
        while (_due.TryPeek(out var label, out var at) && at.Due <= number)
        {
            _due.Dequeue();
            Taken++;
            yield return label;
        }
    }

    private void Enqueue(Example label, int due) => _due.Enqueue(label, (due, _order++));
}
