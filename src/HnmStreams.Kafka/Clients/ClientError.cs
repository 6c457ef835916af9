namespace HnmStreams.Kafka.Clients;

/// <summary>An error of a Kafka client that did not end the client.</summary>
/// <param name="Code">librdkafka's name of the error, for example <c>Local_Transport</c>.</param>
public sealed record ClientError(DateTimeOffset At, string Code, string Text);
