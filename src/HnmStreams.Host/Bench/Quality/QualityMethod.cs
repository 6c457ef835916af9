using HnmStreams.Configuration.Sections;
using HnmStreams.Offline.Serial;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Host.Bench.Quality;

/// <summary>A way to learn that is compared with others under the same stream, model and rate.</summary>
/// <param name="Name">In reports and on the command line.</param>
/// <param name="Settings">What it changes of the settings of the task's file.</param>
internal sealed record QualityMethod(string Name, IReadOnlyList<string> Settings)
{
    public const string Uniform = "uniform", Focal = "focal", Random = "random", Mined = "mined";

    /// <param name="task">Name of the task, which has the key of its loss.</param>
    public static IReadOnlyList<QualityMethod> All(string task) => task switch
    {
        // What is trained on lies inside the examples: the methods differ in which of a picture's background they take.
        "detection" =>
        [
            new(Uniform, ["task.detection.background=all"]),
            new(Focal, ["task.detection.loss=focal"]),
            new(Random, ["task.detection.background=random", "pipeline.scoring.share=0"]),
            new(Mined, []),
        ],
        // Batches of groups in each case; what is compared is which groups, and which triplets or further negatives. All
        // triplets, and random ones, learn better with the margin's corner, which leaves the easy ones out: .78 against .72.
        "faces" =>
        [
            new(Uniform, ["task.faces.loss.mining=batch-all", "task.faces.loss.softMargin=false", "pipeline.scoring.share=0"]),
            new(Random, ["task.faces.loss.mining=batch-random", "task.faces.loss.softMargin=false", "pipeline.scoring.share=0"]),
            new(Mined, []),
        ],
        "retrieval" =>
        [
            new(Uniform, ["task.retrieval.batch.minedPerGroup=0", "pipeline.scoring.share=0"]),
            new(Random, ["pipeline.scoring.share=0"]),
            new(Mined, []),
        ],
        _ =>
        [
            new(Uniform, []),
            new(Focal, [$"task.{task}.loss=focal"]),
            // Nothing is scored, so nothing is ever found hard: the same batches of positives and random negatives.
            new(Random, ["pipeline.scoring.share=0"]),
            new(Mined, []),
        ],
    };

    /// <param name="uniformBatch">Rows a step of those that train on everything.</param>
    public ISerialLearner Create(IMiningTask task, HnmOptions options, int uniformBatch, TimeProvider time) =>
        Name is Uniform or Focal && task is not IGroupedTask
            ? new UniformLearner(task, options.Pipeline, uniformBatch, time)
            : new SerialLearner(task, options.Pipeline, time);
}
