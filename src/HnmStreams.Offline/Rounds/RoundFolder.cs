using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Offline.Rounds;

/// <summary>
/// The state between rounds: <c>state.json</c>, which is replaced last, and a folder for each round with what it mined and
/// whom it suspects; the newest has the learner, too. What a crash leaves half done is made again.
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

    /// <param name="shape">What the state is of: it is gone on with by the same only.</param>
    /// <exception cref="InvalidOperationException">There is state of something else.</exception>
    public RoundFolder(string folder, string shape, bool fresh)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        if (!fresh && File.Exists(StatePath))
        {
            State = Read();
            if (!string.Equals(State.Shape, shape, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"mine.folder = '{folder}': it holds rounds of other data or settings ({State.Shape}; now {shape}). Name another folder, or begin anew with --fresh.");
            }
        }
        else
        {
            foreach (var round in Directory.EnumerateDirectories(folder, "round-*"))
                Directory.Delete(round, recursive: true);
            File.Delete(StatePath);
            State = new RoundState(shape, [], null);
        }
    }

    public RoundState State { get; private set; }

    /// <summary>For what lies there only while a round runs.</summary>
    public string Work => Path.Combine(_folder, "work");

    public string MinedPath(int round) => Path.Combine(RoundPath(round), "mined");

    public string SuspectsPath(int round) => Path.Combine(RoundPath(round), "suspects.jsonl");

    /// <summary>Makes the round's folder, empty.</summary>
    public void Begin(int round)
    {
        if (Directory.Exists(RoundPath(round)))
            Directory.Delete(RoundPath(round), recursive: true);
        Directory.CreateDirectory(RoundPath(round));
    }

    /// <summary>The round is done, and this is where the next one begins.</summary>
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

    /// <summary>The learner as the last round left it; null where there was none. The caller's to dispose.</summary>
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
            throw new InvalidDataException($"{StatePath} cannot be read: {e.Message} Begin anew with --fresh.", e);
        }
    }
}

/// <param name="Shape">Task, data and settings that decide what is mined.</param>
/// <param name="Rounds">Those that are done.</param>
internal sealed record RoundState(string Shape, IReadOnlyList<RoundReport> Rounds, SavedLearner? Learner);

internal sealed record SavedLearner(LearnerCounters Counters, byte[] Generator);
