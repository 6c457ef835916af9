using HnmStreams.Data.Labeling;

namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>An open label request with the input of its example.</summary>
/// <param name="Payload">The encoded row of the input; empty if it is not in the waiting store.</param>
public sealed record OpenLabelRequest(LabelRequest Request, ReadOnlyMemory<byte> Payload);
