using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Web.Events;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Operating;

/// <summary>The operations that change a run, shared by the API and the page. Each is written to the event log. Callers check the token.</summary>
/// <remarks>Thread-safe. Throws <see cref="NoLearnerException"/> if there is no learner.</remarks>
internal sealed class LearnerOperations(LearnerView view, EventLog events)
{
    private LearnerSources Learner => view.Sources ?? throw new NoLearnerException(view.Phase);

    /// <summary>Pauses the intake of records.</summary>
    public void Pause(RunEventActor actor)
    {
        var gate = Learner.Gate;
        if (gate.IsPaused)
            return;
        gate.Pause();
        events.Add(RunEventKind.Paused, "The intake of records is paused.", actor);
    }

    /// <summary>Resumes the intake of records.</summary>
    public void Resume(RunEventActor actor)
    {
        var gate = Learner.Gate;
        if (!gate.IsPaused)
            return;
        gate.Resume();
        events.Add(RunEventKind.Resumed, "The intake of records is resumed.", actor);
    }

    /// <summary>Saves a checkpoint now.</summary>
    /// <returns>The status, with the reason if it could not be saved.</returns>
    /// <exception cref="InvalidOperationException">The run keeps no state.</exception>
    public async Task<CheckpointStatus> CheckpointAsync(RunEventActor actor, CancellationToken cancellation)
    {
        var status = await Learner.Checkpoint(cancellation);
        if (status.LastFailure is null)
            events.Add(RunEventKind.Checkpoint, $"Checkpoint {status.Id} is saved on request, {Numbers.Bytes(status.Bytes)}.", actor);
        return status;
    }

    /// <summary>Serves a version instead of the one that the gate has promoted, until <see cref="ServeAutomatically"/>.</summary>
    /// <returns>The card of the version; null if it is not kept.</returns>
    /// <exception cref="InvalidOperationException">There is no promotion gate.</exception>
    public async Task<ModelCard?> PromoteAsync(long version, RunEventActor actor, CancellationToken cancellation)
    {
        var questions = Learner.Questions;
        var before = questions.Models().Promoted?.Version;
        if (await questions.PinVersionAsync(version, cancellation) is not { } card)
            return null;
        events.Add(
            RunEventKind.ModelChoice,
            $"Version {Numbers.Count(version)} is {(version < before ? "served again" : "promoted")} by a person{(before is { } old && old != version ? $", instead of {Numbers.Count(old)}" : "")}. The gate does not change that.",
            actor,
            version);
        return card;
    }

    /// <summary>Gives the choice of the served version back to the gate.</summary>
    /// <exception cref="InvalidOperationException">There is no promotion gate.</exception>
    public void ServeAutomatically(RunEventActor actor)
    {
        var questions = Learner.Questions;
        var pinned = questions.Models().Pinned;
        questions.UnpinVersion();
        if (pinned is not null)
            events.Add(RunEventKind.ModelChoice, "The gate chooses the served version again.", actor, questions.Models().Promoted?.Version);
    }

    /// <summary>Decides about a suspected label error.</summary>
    /// <param name="isWrong">True removes the example for good; false offers it to the pool again.</param>
    /// <param name="rightLabel">The right label, for the record; null if it is not known.</param>
    /// <returns>False if it is not in quarantine.</returns>
    public async Task<bool> DecideLabelAsync(string id, int region, bool isWrong, string? rightLabel, RunEventActor actor, CancellationToken cancellation)
    {
        var learner = Learner;
        var label = await LabelOfAsync(learner, id, region, cancellation);
        if (!await learner.Questions.JudgeAsync(id, region, isWrong, cancellation))
            return false;
        var decision = new LabelDecision(id, region, label, isWrong ? LabelOutcome.Wrong : LabelOutcome.Right, rightLabel);
        var proposed = rightLabel is null ? "" : $" The right label is probably '{rightLabel}'.";
        events.Add(decision, $"The label '{label}' of {id} is {(isWrong ? $"wrong. It is never trained on again.{proposed}" : "right. It is offered to the pool again.")}", actor);
        return true;
    }

    /// <summary>Takes the decision about a label back. The example is in quarantine again.</summary>
    /// <returns>False if there is no decision to take back.</returns>
    public async Task<bool> UndoLabelAsync(string id, int region, RunEventActor actor, CancellationToken cancellation)
    {
        var learner = Learner;
        if (!await learner.Questions.UndoVerdictAsync(id, region, cancellation))
            return false;
        events.Add(new LabelDecision(id, region, await LabelOfAsync(learner, id, region, cancellation), LabelOutcome.Undone), $"The decision about {id} is taken back. It is in quarantine again.", actor);
        return true;
    }

    /// <summary>Answers a label request: sends the label to the topic of labels. The request ends when the learner has read it.</summary>
    /// <returns>The outcome. The label was sent if the request is open and no allowed labels are returned.</returns>
    /// <exception cref="InvalidOperationException">Labels cannot be sent, or the broker does not take this one.</exception>
    public async Task<AnswerOutcome> AnswerAsync(string id, string label, RunEventActor actor, CancellationToken cancellation)
    {
        var learner = Learner;
        if (learner.Answer is not { } answer)
            throw new InvalidOperationException("Labels cannot be sent from here: labels.mode is inline, or 'wire.format', 'wire.fields' or 'wire.envelope' describe records of another form. Send the label with the program that sends the examples.");
        if (await learner.Questions.LabelRequestAsync(id, cancellation) is not { } open)
            return new AnswerOutcome(IsOpen: false, []);
        string[] allowed = [.. Enumerable.Range(0, open.Request.Probabilities.Count).Select(learner.Previews.LabelName)];
        if (!allowed.Contains(label, StringComparer.Ordinal))
            return new AnswerOutcome(IsOpen: true, allowed);
        await answer(id, label, cancellation);
        events.Add(RunEventKind.LabelAnswer, $"{id} is labeled '{label}'. The prediction was '{open.Request.Predicted}'.", actor);
        return new AnswerOutcome(IsOpen: true, []);
    }

    private static async Task<string?> LabelOfAsync(LearnerSources learner, string id, int region, CancellationToken cancellation) =>
        await learner.Questions.CandidateAsync(id, region, cancellation) is { } found ? learner.Previews.LabelName(found.Label) : null;
}

/// <summary>The outcome of an answer to a label request.</summary>
/// <param name="IsOpen">False if there is no open request for the id, so that nothing was sent.</param>
/// <param name="Allowed">The allowed labels if the given one is not among them, so that nothing was sent; otherwise empty.</param>
internal readonly record struct AnswerOutcome(bool IsOpen, IReadOnlyList<string> Allowed);
