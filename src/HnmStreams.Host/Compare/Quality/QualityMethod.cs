using HnmStreams.Configuration.Sections;
using HnmStreams.Offline.Serial;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>A training method, compared with others on the same stream and model.</summary>
/// <param name="Name">The name in reports and on the command line.</param>
/// <param name="Settings">The settings that the method changes, layered over the task's file.</param>
internal sealed record QualityMethod(string Name, IReadOnlyList<string> Settings)
{
    public const string Uniform = "uniform", Focal = "focal", Random = "random", Mined = "mined";

    /// <summary>Returns the methods that apply to a task.</summary>
    /// <param name="task">The name of the task, which is also the section that holds its loss.</param>
    public static IReadOnlyList<QualityMethod> All(string task) => task switch
    {
        // Training regions are part of each image. The methods differ in which background regions they select.
        "detection" =>
        [
            new(Uniform, ["task.detection.background=all"]),
            new(Focal, ["task.detection.loss=focal"]),
            new(Random, ["task.detection.background=random", "pipeline.scoring.share=0"]),
            new(Mined, []),
        ],
        // All methods train on batches of groups. They differ in which groups they select, and in the triplets or additional
        // negatives. All triplets and random triplets train better with the hard margin, which ignores easy ones: .78 against .72.
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
            // Nothing is scored, so no hard negative is found: batches of positives and random negatives of the same size.
            new(Random, ["pipeline.scoring.share=0"]),
            new(Mined, []),
        ],
    };

    /// <summary>Creates the learner of this method.</summary>
    public ISerialLearner Create(IMiningTask task, HnmOptions options, TimeProvider time) =>
        Name is Uniform or Focal && task is not IGroupedTask
            ? new UniformLearner(task, options.Pipeline, options.Pipeline.Mix.BatchSize, time)
            : new SerialLearner(task, options.Pipeline, time);
}
