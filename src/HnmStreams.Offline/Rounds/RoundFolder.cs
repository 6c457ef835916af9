using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Offline.Rounds;

/// <summary>
/// The state between rounds: <c>state.json</c>, which is replaced last, and one folder per round with the mined negatives and the
/// suspected positives. The newest round's folder also has the learner. A round interrupted by a crash is repeated.
/// </summary>
internal sealed class RoundFolder
{
    private const string LearnerFile = "learner.safetensors";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly string _folder;

    /// <param name="fingerprint">The text of the run's <see cref="RoundFingerprint"/>. Only state with the same text is resumed.</param>
    /// <exception cref="InvalidOperationException">The folder has the state of another task, data set or settings.</exception>
    public RoundFolder(string folder, string fingerprint, bool fresh)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        if (!fresh && File.Exists(StatePath))
        {
            State = Read();
            if (!string.Equals(State.Fingerprint, fingerprint, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"'mine.folder' must hold rounds of the same data and settings ({fingerprint}) but '{folder}' holds those of others ({State.Fingerprint}). Use another folder, or discard its rounds with --fresh.");
            }
        }
        else
        {
            foreach (var round in Directory.EnumerateDirectories(folder, "round-*"))
                Directory.Delete(round, recursive: true);
            File.Delete(StatePath);
            State = new RoundState(fingerprint, [], null);
        }
    }

    public RoundState State { get; private set; }

    /// <summary>The folder for files that exist only while a round runs.</summary>
    public string Work => Path.Combine(_folder, "work");

    public string MinedPath(int round) => Path.Combine(RoundPath(round), "mined");

    public string SuspectsPath(int round) => Path.Combine(RoundPath(round), "suspects.jsonl");

    /// <summary>Creates the round's folder, empty.</summary>
    public void Begin(int round)
    {
        if (Directory.Exists(RoundPath(round)))
            Directory.Delete(RoundPath(round), recursive: true);
        Directory.CreateDirectory(RoundPath(round));
    }

    /// <summary>Saves the state at the end of a round.</summary>
    public void End(RoundReport report, LearnerState learner)
    {
        SafetensorsFile.Write(Path.Combine(RoundPath(report.Round), LearnerFile), learner.Tensors);
        State = State with { Rounds = [.. State.Rounds, report], Learner = new SavedLearner(learner.Counters, learner.Generator.ToArray()) };
        var written = StatePath + ".new";
        using (var file = File.Create(written))
        {
            JsonSerializer.Serialize(file, State, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(written, StatePath, overwrite: true);
        if (report.Round > 1)
            File.Delete(Path.Combine(RoundPath(report.Round - 1), LearnerFile));
    }

    /// <summary>Returns the learner at the end of the last round, which the caller disposes; null if no round has ended.</summary>
    public LearnerState? Learner() => State.Learner is not { } saved
        ? null
        : new LearnerState(saved.Counters, SafetensorsFile.Read(Path.Combine(RoundPath(State.Rounds.Count), LearnerFile)), saved.Generator);

    private string StatePath => Path.Combine(_folder, "state.json");

    private string RoundPath(int round) => Path.Combine(_folder, $"round-{round:D3}");

    private RoundState Read()
    {
        try
        {
            using var file = File.OpenRead(StatePath);
            return JsonSerializer.Deserialize<RoundState>(file, Json) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{StatePath} cannot be read: {e.Message} Discard the rounds of the folder with --fresh.", e);
        }
    }
}

/// <summary>The content of <c>state.json</c>.</summary>
/// <param name="Fingerprint">The text of the run's <see cref="RoundFingerprint"/>; stored under its original name, <c>shape</c>.</param>
/// <param name="Rounds">The finished rounds.</param>
/// <param name="Learner">The learner after the last round; null before the first.</param>
internal sealed record RoundState([property: JsonPropertyName("shape")] string Fingerprint, IReadOnlyList<RoundReport> Rounds, SavedLearner? Learner);

/// <summary>The parts of the learner's state that are not tensors.</summary>
internal sealed record SavedLearner(LearnerCounters Counters, byte[] Generator);
