using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Testing;
using HnmStreams.Testing.Fuzzing;

namespace HnmStreams.Data.Tests.Readers;

/// <summary>Tests with public data sets. The expected counts are those published with the data.</summary>
public sealed class PublicDataTests
{
    [Theory]
    [InlineData("train", 60_000)]
    [InlineData("test", 10_000)]
    public void Fashion_MNIST_has_the_same_number_of_images_per_class(string split, int count)
    {
        var reader = ExampleReaders.Open(PublicData.Find("fashion-mnist"), new DataOptions(), split);
        Assert.Equal(count, reader.Count);
        var classes = reader.Read(TestContext.Current.CancellationToken).CountBy(static e => ((Target.ClassIndex)e.Target).Index).ToDictionary();
        Assert.Equal(Enumerable.Range(0, 10), classes.Keys.Order());
        Assert.All(classes.Values, n => Assert.Equal(count / 10, n));
    }

    [Fact]
    public void Credit_card_transactions_are_tensors()
    {
        var read = Read("creditcard-fraud-subset", new DataOptions { Columns = { Label = "Class" } });
        Assert.Equal(23_761, read.Count);
        Assert.Equal(473, read.Count(static e => e.Target is Target.ClassIndex { Index: 1 }));
        Assert.All(read, static e => Assert.Equal(30, Assert.IsType<ExampleInput.Dense>(e.Input).Shape[0]));
    }

    [Fact]
    public void Shuttle_contains_its_rarest_class()
    {
        var read = Read("shuttle", new DataOptions { Columns = { Label = "class" } });
        Assert.Equal(6, read.Count(static e => e.Target is Target.ClassIndex { Index: 6 }));
    }

    [Fact]
    public void SMS_messages_keep_their_text()
    {
        var read = Read("sms-spam", new DataOptions { Table = { Header = false }, Columns = { Label = "0" } });
        Assert.Equal(5_574, read.Count);
        Assert.Equal(747, read.Count(static e => e.Target is Target.Label { Name: "spam" }));
        Assert.Contains(read, static e => e.Input is ExampleInput.Text { Value: "Ok lar... Joking wif u oni..." });
    }

    [Fact]
    public void Banking77_has_77_intents()
    {
        var read = Read("banking77", new DataOptions { Columns = { Label = "category", Text = "text" } });
        Assert.Equal(77, read.Select(static e => e.Target).Distinct().Count());
        Assert.Equal(10_003, read.Count);
    }

    [Fact]
    public void KDD_Cup_99_has_numeric_and_categorical_features()
    {
        var path = Path.Combine(PublicData.Find("kddcup99-10pct"), "kddcup.data_10_percent.gz");
        var options = new DataOptions { Table = { Delimiter = ',', Header = false }, Columns = { Label = "41" } };
        var read = ExampleReaders.Open(path, options).Read(TestContext.Current.CancellationToken).Take(1000).ToList();
        Assert.All(read, static e => Assert.Equal(41, Assert.IsType<ExampleInput.Features>(e.Input).Items.Count));
        Assert.Equal("tcp", ((ExampleInput.Features)read[0].Input).Items[1].Category);
    }

    [Fact]
    public void Examples_of_a_reader_survive_encoding_and_decoding()
    {
        var decoder = new ExampleDecoder(new WireLimits());
        foreach (var e in ExampleReaders.Open(PublicData.Find("fashion-mnist"), new DataOptions()).Read().Take(100))
            Assert.Equal(ExampleText.Of(e), ExampleText.Of(decoder.Decode(ExampleEncoder.ToProtobuf(e), WireFormat.Unknown, default).Example!));
    }

    private static List<Example> Read(string set, DataOptions options) =>
        [.. ExampleReaders.Open(PublicData.Find(set), options).Read(TestContext.Current.CancellationToken)];
}
