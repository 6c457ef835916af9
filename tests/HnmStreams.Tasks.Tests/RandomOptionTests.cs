using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Faces;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Tests.Detection;
using HnmStreams.Tasks.Tests.Images;
using HnmStreams.Torch.Learning;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests;

/// <summary>Tests that training with the random options of all tasks is reproducible, even if other code draws from torch's generator.</summary>
public sealed class RandomOptionTests
{
    private const int Steps = 3;

    public static TheoryData<string> Options => ["detection background", "detection mirror", "faces mining", "faces mining with memory", "faces mirror", "detection crop", "images augmented"];

    [Theory]
    [MemberData(nameof(Options))]
    public void Learners_with_the_same_seed_get_the_same_bits_even_if_other_code_draws_random_numbers(string option)
    {
        var (task, rows) = Create(option);
        using (rows)
        {
            var undisturbed = Train(task, rows, seed: 7, disturb: false);
            Assert.Equal(undisturbed, Train(task, rows, seed: 7, disturb: true));
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void A_restored_learner_continues_with_the_same_bits(string option)
    {
        var (task, rows) = Create(option);
        using (rows)
        {
            using var learner = new Learner(task, new TrainingOptions(), CPU, seed: 7, threads: 1);
            learner.Step(rows);
            using var state = learner.Capture();
            using var restored = new Learner(task, new TrainingOptions(), CPU, seed: 8, threads: 1);
            restored.Restore(state);
            for (var i = 0; i < Steps; i++)
                learner.Step(rows);
            rand(100).Dispose();
            for (var i = 0; i < Steps; i++)
                restored.Step(rows);
            Assert.Equal(Bits(learner), Bits(restored));
        }
    }

    [Theory]
    [InlineData("detection background")]
    [InlineData("faces mining")]
    public void Random_choices_depend_on_the_seed(string option)
    {
        var (task, rows) = Create(option);
        using (rows)
        {
            using var first = new Learner(task, new TrainingOptions(), CPU, seed: 7, threads: 1);
            using var second = new Learner(task, new TrainingOptions(), CPU, seed: 8, threads: 1);
            using var snapshot = first.Current();
            second.LoadWeights(snapshot.Tensors);
            first.Step(rows);
            second.Step(rows);
            Assert.NotEqual(Bits(first), Bits(second));
        }
    }

    private static byte[] Train(IMiningTask task, RowBuffer rows, ulong seed, bool disturb)
    {
        using var learner = new Learner(task, new TrainingOptions(), CPU, seed, threads: 1);
        for (var i = 0; i < Steps; i++)
        {
            if (disturb)
                rand(100).Dispose();
            learner.Step(rows);
        }

        return Bits(learner);
    }

    private static byte[] Bits(Learner learner)
    {
        using var snapshot = learner.Current();
        using var scope = NewDisposeScope();
        return [.. snapshot.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.contiguous().bytes.ToArray())];
    }

    private static (IMiningTask Task, RowBuffer Rows) Create(string option)
    {
        var rows = new RowBuffer();
        if (option.StartsWith("detection", StringComparison.Ordinal))
        {
            var isMirror = option.EndsWith("mirror", StringComparison.Ordinal) || option.EndsWith("crop", StringComparison.Ordinal);
            var detection = new DetectionTask(new DetectionOptions
            {
                Labels = ["bright", "dark"],
                Height = 32,
                Width = 48,
                Anchors = ["8:12x12", "16:20x20"],
                Background = isMirror ? "hardest" : "random",
                Mirror = isMirror,
                CropShare = option.EndsWith("crop", StringComparison.Ordinal) ? 0.5 : 1,
                MinNegatives = 4,
            });
            for (var i = 0; i < 8; i++)
                Assert.Null(detection.Encode(Scenes.Squares(i), rows));
            return (detection, rows);
        }

        if (option.StartsWith("images", StringComparison.Ordinal))
        {
            var images = new ImagesTask(new ImagesOptions
            {
                Positive = null,
                Labels = ["a", "b", "c", "d"],
                Height = 20,
                Width = 24,
                Augment = { Flip = "both", CropShare = 0.5, Color = 0.4, Mixup = 0.4 },
            });
            for (var i = 0; i < 12; i++)
                Assert.Null(images.Encode(TestImages.Stripe(i, 20, 24, 1, new Target.ClassIndex(i % 4)), rows));
            return (images, rows);
        }

        var options = new FacesOptions { Height = 16, Width = 16, Embedding = 8, Mirror = option.EndsWith("mirror", StringComparison.Ordinal) };
        options.Loss.Mining = options.Mirror ? "batch-hard" : "batch-random";
        if (option.EndsWith("memory", StringComparison.Ordinal))
            (options.Memory.Rows, options.Memory.AfterSteps) = (20, 1);
        var faces = new FacesTask(options);
        var random = new Xoshiro256StarStar(1);
        for (var i = 0; i < 12; i++)
        {
            var pixels = new byte[16 * 16];
            for (var j = 0; j < pixels.Length; j++)
                pixels[j] = (byte)(random.NextUInt64() >> 56);
            Assert.Null(faces.Encode(new Example($"face {i}", new Target.Identity($"person {i % 3}"), new ExampleInput.Dense(ElementType.UInt8, [16, 16], pixels)), rows));
        }

        return (faces, rows);
    }
}
