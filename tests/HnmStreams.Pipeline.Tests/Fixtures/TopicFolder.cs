using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Tests.Teachers;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>Texts about topics, and a cross-encoder in a temporary folder that knows the topics. The texts of every second topic are in two groups, so that some of their negatives are false.</summary>
internal sealed class TopicFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-topics-").FullName;
    private readonly (string Model, string Vocabulary) _files;

    public TopicFolder() => _files = CrossEncoderFile.Write(_folder);

    /// <summary>Returns the topic of an id.</summary>
    public static int TopicOf(string id) => int.Parse(id.Split('-')[1], CultureInfo.InvariantCulture);

    /// <summary>Returns texts with the id number-topic-half. One in five of a topic with two groups reads like one of the other group.</summary>
    public static IEnumerable<Example> Examples(int count)
    {
        var generator = new Xoshiro256StarStar(11);
        for (var i = 0; i < count; i++)
        {
            var topic = generator.NextInt32(CrossEncoderFile.Topics);
            var half = topic % 2 == 0 ? generator.NextInt32(2) : 0;
            var word = $"word{generator.NextInt32(60)}";
            yield return new Example($"{i}-{topic}-{half}", new Target.Identity($"{topic}-{half}"), new ExampleInput.Text($"topic{topic} part{ReadsLike(i, topic, half)} {word}"));
        }
    }

    /// <summary>Returns the half that the text of an example reads like.</summary>
    public static int ReadsLike(int number, int topic, int half) => topic % 2 == 0 && number % 5 == 0 ? 1 - half : half;

    /// <summary>Returns the task retrieval with this cross-encoder.</summary>
    public EmbeddingTask Task(Action<TaskOptions>? change = null)
    {
        var options = new TaskOptions { Name = "retrieval" };
        (options.Retrieval.Buckets, options.Retrieval.Embedding) = (1_024, 16);
        (options.Retrieval.Batch.Groups, options.Retrieval.Batch.ItemsPerGroup, options.Retrieval.Batch.MinedPerGroup, options.Retrieval.Batch.MinedFrom) = (6, 2, 2, 6);
        options.Retrieval.Index.Capacity = 120;
        (options.Teacher.File, options.Teacher.Tokenizer, options.Teacher.MaxTokens) = (_files.Model, _files.Vocabulary, 32);
        change?.Invoke(options);
        return (EmbeddingTask)TaskCatalog.Create(options.Name, options);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
