using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Budget;

/// <summary>The controller's memory from one comparison to the next. Saved in checkpoints.</summary>
/// <param name="Candidates">Examples scored per trained row; 0 means random negatives only.</param>
/// <param name="Comparisons">Comparisons since the last change.</param>
/// <param name="PauseLength">Comparisons that the next pause at 0 candidates lasts. It doubles with each pause.</param>
/// <param name="UpliftAtChange">The uplift over random negatives at equal compute at the last change.</param>
internal readonly record struct BudgetState(double Candidates, int Comparisons, int PauseLength, double UpliftAtChange)
{
    /// <summary>The length of the first pause, in comparisons.</summary>
    public const int FirstPause = 4;

    private const string Structure = "mining budget";

    public static BudgetState Initial(MiningBudgetOptions options) => new(options.StartCandidates, 0, FirstPause, 0);

    public void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        writer.WriteDouble(Candidates);
        writer.WriteInt32(Comparisons);
        writer.WriteInt32(PauseLength);
        writer.WriteDouble(UpliftAtChange);
    }

    /// <exception cref="InvalidDataException">The state is not that of a mining budget.</exception>
    public static BudgetState Read(StateReader reader)
    {
        reader.Expect(Structure, 1);
        var state = new BudgetState(reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble());
        return state is { Candidates: >= 0 and < 1e9, Comparisons: >= 0, PauseLength: >= 0 } ? state : throw reader.Invalid($"a mining budget with {state}");
    }
}
