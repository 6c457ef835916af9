using System.Threading.Channels;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Pipeline.Serving;

/// <summary>The stream of a serving process.</summary>
/// <param name="Records">Chunks of records, which the pipeline disposes. Its end is the end of the stream.</param>
/// <param name="Decoder">Decodes the records. <see cref="IRecordDecoder.PrepareAsync"/> was called for each chunk before.</param>
/// <param name="Predictions">Receives the predictions. It may wait, which holds up the stream.</param>
/// <param name="Positions">Receives the positions below which every prediction and dead letter was written.</param>
public sealed record ServingInputs(ChannelReader<RecordChunk> Records, IRecordDecoder Decoder, IDeadLetterSink DeadLetters, IPredictionSink Predictions, IPositionSink Positions);
