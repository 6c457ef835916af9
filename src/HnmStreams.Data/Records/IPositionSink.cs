namespace HnmStreams.Data.Records;

/// <summary>A listener for the positions that the learner's state has reached.</summary>
public interface IPositionSink
{
    /// <summary>Reports that the state covers all records before the positions.</summary>
    void Advance(IReadOnlyList<StreamPosition> positions);
}
