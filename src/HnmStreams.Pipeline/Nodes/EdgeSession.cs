using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The node's side of one session with a learner: from its positions, until the learner rewinds the node, is silent, or the group rebalances.</summary>
internal sealed partial class EdgeSession(NodeParts parts, EdgeMessage.Welcome welcome, IActorRef learner, Action<string?> report, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private NodeScoring? _scoring;
    private Task<ModelSnapshot>? _loading;
    private Task<ServedModel?>? _loadingPromoted;
    private IReadOnlyList<StreamPosition> _committed = [];
    private bool _hasLeft;

    public long Epoch => welcome.Epoch;

    public long? Version => _scoring?.Version;

    /// <summary>Runs the session.</summary>
    /// <returns>The reason for its end.</returns>
    /// <exception cref="InvalidOperationException">The consumer has ended.</exception>
    public async Task<string> RunAsync(ChannelReader<ReceivedMessage> messages, CancellationToken stop)
    {
        var stream = parts.Inputs.Stream;
        var weights = new RemoteWeights(parts.Inputs.Weights, welcome.WeightsUrl, _ended.Token);
        using var stopping = stop.Register(Stop);
        var alive = SendAliveAsync();
        try
        {
            report("the weights are being loaded");
            _scoring = new NodeScoring(parts, welcome, learner, await weights.NewestAsync());
            if (parts.Inputs.LabelsComeLater && await weights.PromotedAsync() is { } served)
                _scoring.Served.Promote(served);
            report("the consumer has no partitions yet");
            var records = await stream.RestartAsync(welcome.Positions, _ended.Token);
            // Before the first record, so that the learner knows whose records this node had if they crash it.
            SendAlive();
            var changed = stream.WaitForChangeAsync();
            var scored = _scoring.RunAsync(records, parts.Options.IsExact ? weights : null);
            report(null);
            var never = Task.Delay(Timeout.InfiniteTimeSpan, parts.Time, _ended.Token);
            while (true)
            {
                var message = messages.WaitToReadAsync(_ended.Token).AsTask();
                var silence = Task.Delay(EdgeProtocol.Silence, parts.Time, _ended.Token);
                var first = await Task.WhenAny(changed, scored, message, silence, _loading ?? never, _loadingPromoted ?? never);
                if (first == changed)
                {
                    await changed;
                    return "the group has assigned other partitions";
                }

                if (first == scored)
                {
                    await scored;
                    return "the stream to the learner has ended";
                }

                if (first == silence)
                {
                    await silence;
                    return $"nothing was heard of the learner for {EdgeProtocol.Silence.TotalSeconds:0} s";
                }

                if (first == _loadingPromoted)
                {
                    if (await _loadingPromoted! is { } promoted)
                        _scoring.Served.Promote(promoted);
                    _loadingPromoted = null;
                    continue;
                }

                if (first == _loading)
                {
                    await AdoptAsync();
                    continue;
                }

                await message;
                while (messages.TryRead(out var read))
                {
                    if (Take(read.Message, weights) is { } reason)
                        return reason;
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return "the weights could not be loaded in time";
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException or Akka.Streams.RemoteStreamRefActorTerminatedException or Akka.Streams.StreamRefSubscriptionTimeoutException or Akka.Streams.InvalidSequenceNumberException or Akka.Streams.InvalidPartnerActorException)
        {
            // The learner may be starting or ending: asking again soon must not load it.
            await Task.Delay(TimeSpan.FromMilliseconds(200), parts.Time, stop);
            return e.Message;
        }
        finally
        {
            await _ended.CancelAsync();
            await alive;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        if (!_hasLeft)
            learner.Tell(new EdgeMessage.Leave(welcome.Session), ActorRefs.NoSender);
        if (_scoring is not null)
            await _scoring.DisposeAsync();
        if (_loading is not null)
            _ = _loading.ContinueWith(static loading => loading.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        if (_loadingPromoted is not null)
            _ = _loadingPromoted.ContinueWith(static loading => loading.Result?.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        _ended.Dispose();
    }

    /// <returns>The reason for the end of the session; null if it goes on.</returns>
    private string? Take(EdgeMessage message, RemoteWeights weights)
    {
        switch (message)
        {
            case EdgeMessage.Rewind rewind when rewind.Session == welcome.Session:
                _hasLeft = true;
                return rewind.Reason;
            case EdgeMessage.Admitted state when state.Epoch == welcome.Epoch:
                _scoring!.Bounds.Newest = state.Bounds;
                parts.Inputs.Stream.Admitted(state.Positions);
                if (!parts.Options.IsExact && state.Version > _scoring.Version)
                    _loading ??= weights.NewestAsync();
                if (state.Served >= 0 && state.Served != _scoring.Served.Version)
                    _loadingPromoted ??= weights.PromotedAsync();
                if (!state.Durable.SequenceEqual(_committed))
                    _ = parts.Inputs.Stream.CommitAsync(_committed = state.Durable);
                return null;
            case EdgeMessage.Admitted { Epoch: var epoch } when epoch > welcome.Epoch:
                return "another learner has taken over";
            default:
                // Answers to a greeting that was sent more than once.
                return null;
        }
    }

    private async Task AdoptAsync()
    {
        var loaded = await _loading!;
        _loading = null;
        _scoring!.Adopt(loaded);
    }

    private async Task SendAliveAsync()
    {
        using var timer = new PeriodicTimer(EdgeProtocol.AliveInterval, parts.Time);
        try
        {
            do
                SendAlive();
            while (await timer.WaitForNextTickAsync(_ended.Token));
        }
        catch (OperationCanceledException)
        {
            // The session has ended.
        }
    }

    private void SendAlive()
    {
        var stream = parts.Inputs.Stream;
        learner.Tell(
            new EdgeMessage.Alive(welcome.Session, stream.Partitions, parts.Counts.Scored, parts.ScoringTime.Seconds, stream.BytesRead, parts.Counts.Sent.Total, stream.Lag, _scoring?.Version ?? 0), ActorRefs.NoSender);
    }

    private void Stop()
    {
        LogStopping(welcome.Session);
        _ended.Cancel();
    }

    [LoggerMessage(EventId = 393, Level = LogLevel.Debug, Message = "Session {Session} ends, because the node stops.")]
    private partial void LogStopping(long session);
}
