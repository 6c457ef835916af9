using System.Globalization;
using System.IO.Hashing;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Tasks.Encoders.Models;
using HnmStreams.Tasks.Encoders.Tokens;
using HnmStreams.Tasks.Labels;
using HnmStreams.Tasks.Retrieval;
using HnmStreams.Tasks.Text;

namespace HnmStreams.Tasks.Teachers;

/// <summary>Loads teachers and checks that they fit the task.</summary>
internal static class TeacherLoader
{
    private const string Section = "task.teacher";

    /// <summary>Loads the teacher of a task and adds it to the task, to check its candidates, to be distilled, or both.</summary>
    /// <param name="text">The settings of the task text; null for other tasks, whose rows have no text.</param>
    /// <exception cref="InvalidDataException">A file is missing or does not fit. The message has key, value and remedy.</exception>
    public static void AddTo(LabeledTask task, TeacherOptions options, TextOptions? text)
    {
        var distills = options.Distillation.Weight > 0;
        if (!options.Check && !distills)
            throw new InvalidDataException($"'{Section}.check' must be true or '{Section}.distillation.weight' above 0 if '{Section}.file' is set ('{options.File}'), but the teacher is not used.");
        if (distills && task.MixesExamples)
            throw new InvalidDataException($"'{Section}.distillation.weight' must be 0 if examples are mixed (augment.mixup) but is {options.Distillation.Weight.ToString(CultureInfo.InvariantCulture)}: the teacher does not see mixed examples.");
        var (input, width, file) = Load(options, task, text);
        if (options.Check)
            task.Teacher = new LabelTeacher(input, width, options, file);
        if (distills)
            task.Distillation = new Distillation(new SoftTargets(input, width, task.OutputWidth, options, file), task.OutputWidth, options.Distillation.Weight, options.Distillation.Temperature);
    }

    private static (ITeacherInput Input, int Width, string File) Load(TeacherOptions options, LabeledTask task, TextOptions? text)
    {
        var path = options.File!;
        if (task.IsMultiLabel)
            throw new InvalidDataException($"'{Section}.file' must not be set for several labels per example (multiLabel) but is '{path}': a teacher checks one label.");
        var tokenizer = options.Tokenizer is null ? null : TokenizerFile.Read(options.Tokenizer, options.Lowercase, $"{Section}.tokenizer");
        return Read(options, (model, file) =>
        {
            // A binary classifier may have a logit for each of both sides.
            var width = task is { HasPositives: true } && model.OutputWidth == 2 ? 2 : task.OutputWidth;
            ITeacherInput input = model.Inputs.Contains(TextInput.Ids, StringComparer.Ordinal)
                ? Texts(model, tokenizer, options, task, text, width)
                : new NetworkInput(model, task, width);
            return (input, width, file);
        });
    }

    /// <summary>Loads the cross-encoder of the task retrieval.</summary>
    /// <exception cref="InvalidDataException">A file is missing or does not fit. The message has key, value and remedy.</exception>
    public static IPairTeacher LoadPairs(TeacherOptions options, EmbeddingTask task, RetrievalOptions retrieval)
    {
        if (options.Distillation.Weight > 0 || !options.Check)
            throw new InvalidDataException($"'{Section}.distillation.weight' must be 0 and '{Section}.check' true for the task {task.Name}, because a cross-encoder has no labels to distill, but they are {options.Distillation.Weight.ToString(CultureInfo.InvariantCulture)} and {options.Check}.");
        var tokenizer = options.Tokenizer is null ? null : TokenizerFile.Read(options.Tokenizer, options.Lowercase, $"{Section}.tokenizer");
        if (options.Tokenizer is { } named && tokenizer is not WordPieces)
            throw new InvalidDataException($"'{Section}.tokenizer' must be of WordPiece for pairs of texts but is '{named}': the control tokens of pairs are known for WordPiece only.");
        if (options.MaxTokens < 5)
            throw new InvalidDataException($"'{Section}.maxTokens' must be at least 5 for pairs of texts but is {options.MaxTokens}: three are control tokens.");
        return Read(options, (model, file) =>
        {
            if (retrieval.Excerpt == 0)
                throw new InvalidDataException("It reads the stored beginnings of texts, but 'task.retrieval.excerpt' is 0. Set it to the number of characters that the teacher needs.");
            if (tokenizer is not WordPieces pieces)
                throw new InvalidDataException($"'{Section}.tokenizer' must name the vocab.txt or tokenizer.json of the file but is not set: a cross-encoder reads tokens.");
            return (IPairTeacher)new PairTeacher(new PairInput(model, pieces, options.MaxTokens), task, options, file);
        });
    }

    private static T Read<T>(TeacherOptions options, Func<OnnxModel, string, T> create)
    {
        var path = options.File!;
        try
        {
            if (!File.Exists(path))
                throw new InvalidDataException("There is no such file. Relative paths start at the working folder.");
            var bytes = OnnxFile.Read(path);
            return create(new OnnxModel(bytes, options.Output, options.Device, options.Threads, Section), $"{Path.GetFileName(path)} {XxHash128.HashToUInt128(bytes):x32}");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{Section}.file' is '{path}': {e.Message}", e);
        }
    }

    private static ExcerptInput Texts(OnnxModel model, ITextTokenizer? tokenizer, TeacherOptions options, LabeledTask task, TextOptions? text, int width)
    {
        if (text is null)
            throw new InvalidDataException($"It reads tokens, but examples of the task {task.Name} have no text. Use a file that takes the input of the task's network.");
        if (text.Excerpt == 0)
            throw new InvalidDataException("It reads the stored beginnings of texts, but 'task.text.excerpt' is 0. Set it to the number of characters that the teacher needs.");
        if (tokenizer is null)
            throw new InvalidDataException($"'{Section}.tokenizer' must name the vocab.txt or tokenizer.json of the file but is not set: it reads tokens.");
        var input = new TextInput(model, tokenizer, new TextInputOptions(options.MaxTokens, text.Excerpt, 0, "", "cls", Section));
        if (input.Width != width)
            throw new InvalidDataException($"It must return {width} logits per example, one per label, but returns {input.Width}. Choose another output with '{Section}.output'.");
        return new ExcerptInput(input, task, width);
    }
}
