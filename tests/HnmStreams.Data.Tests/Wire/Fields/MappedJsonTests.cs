using HnmStreams.Data.Examples;
using HnmStreams.Data.Tests.Wire.Envelopes;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;

namespace HnmStreams.Data.Tests.Wire.Fields;

public sealed class MappedJsonTests
{
    [Fact]
    public void Maps_configured_fields_to_roles()
    {
        var decoder = MappedRecords.Decoder(static f =>
        {
            (f.Id, f.Label, f.Features, f.EventTime, f.Weight) = ("$.tx.id", "tx.fraud", ["$.tx", "$.customer.age"], "$.at", "$.w");
            f.ExcludedFeatures = ["note"];
        });
        var e = decoder.Decode("""{"tx":{"id":17,"fraud":"yes","amount":12.5,"country":"DE","new":true,"gone":null,"note":{"a":1}},"customer":{"age":40},"at":1763892000000,"w":2}""").Example!;
        Assert.Equal("17", e.Id);
        Assert.Equal(new Target.Label("yes"), e.Target);
        Assert.Equal(2, e.Weight);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763892000000), e.EventTime);
        Assert.Equal(
            [new Feature("amount", 12.5, null), new Feature("country", 0, "DE"), new Feature("new", 0, "true"), new Feature("age", 40, null)],
            Assert.IsType<ExampleInput.Features>(e.Input).Items);
    }

    [Fact]
    public void Without_paths_the_names_of_the_contract_apply()
    {
        var decoder = MappedRecords.Decoder(static f => f.NumericFeatures = ["amount"]);
        var flat = decoder.Decode("""{"id":"a","label":"spam","text":"hello"}""").Example!;
        Assert.Equal(("a", new Target.Label("spam"), new ExampleInput.Text("hello")), (flat.Id, flat.Target, flat.Input));
        var nested = decoder.Decode("""{"id":"b","target":{"class":1},"input":{"features":{"amount":"12.50"}}}""").Example!;
        Assert.Equal(new Target.ClassIndex(1), nested.Target);
        Assert.Equal([new Feature("amount", 12.5, null)], ((ExampleInput.Features)nested.Input).Items);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("1.0", 1)]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    [InlineData("\"2\"", 2)]
    public void A_class_is_a_whole_number_or_a_boolean(string value, int expected) =>
        Assert.Equal(new Target.ClassIndex(expected), Text("class").Decode($$"""{"id":"a","c":{{value}},"t":"x"}""").Example?.Target);

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e10")]
    [InlineData("\"x\"")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void Rejects_another_class_with_path_kind_and_setting(string value)
    {
        var result = Text("class").Decode($$"""{"id":"a","c":{{value}},"t":"x"}""");
        Assert.Equal(RejectionReasons.Malformed, result.Reason);
        Assert.Contains("$.c (wire.fields.class) must be a whole number", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3", "ClassIndex { Index = 3 }")]
    [InlineData("1.5", "Label { Name = 1.5 }")]
    [InlineData("-1", "Label { Name = -1 }")]
    [InlineData("true", "Label { Name = true }")]
    [InlineData("\"+1\"", "Label { Name = 1 }")]
    public void A_label_is_text_a_number_or_a_boolean(string value, string expected) =>
        Assert.Equal(expected, Text("label").Decode($$"""{"id":"a","c":{{value}},"t":"x"}""").Example?.Target.ToString());

    [Fact]
    public void An_identity_may_be_a_list_of_groups()
    {
        var decoder = MappedRecords.Decoder(static f => (f.Id, f.Identity, f.OtherIdentities, f.Text) = ("$.id", "$.g", "$.more", "$.t"));
        Assert.Equal("Identity { Name = q1, q2, 3 }", decoder.Decode("""{"id":"a","g":["q1","q2"],"more":[3],"t":"x"}""").Example?.Target.ToString());
        Assert.Equal("Identity { Name = 7 }", decoder.Decode("""{"id":"a","g":7,"t":"x"}""").Example?.Target.ToString());
        Assert.Equal(RejectionReasons.MissingTarget, decoder.Decode("""{"id":"a","g":[],"t":"x"}""").Reason);
        Assert.Equal(RejectionReasons.Malformed, decoder.Decode("""{"id":"a","g":[{}],"t":"x"}""").Reason);
        Assert.Equal(RejectionReasons.Malformed, decoder.Decode("""{"id":"a","g":"q","more":"r","t":"x"}""").Reason);
    }

    [Theory]
    [InlineData("""[[1,2,3],[4,5,6]]""", "", "2,3")]
    [InlineData("""[1,2,3,4,5,6]""", "", "6")]
    [InlineData("""[1,2,3,4,5,6]""", "3,2", "3,2")]
    [InlineData("\"AACAPwAAAEAAAEBAAACAQAAAoEAAAMBA\"", "2,3", "2,3")]
    [InlineData("""{"type":"float32","shape":[2,3],"values":[1,2,3,4,5,6]}""", "", "2,3")]
    [InlineData("""{"type":"uint8","shape":[1,6],"values":[1,2,3,4,5,6]}""", "", "1,6")]
    public void A_tensor_is_a_list_base64_or_an_object(string value, string configured, string shape)
    {
        var decoder = MappedRecords.Decoder(f => (f.Id, f.Class, f.Tensor, f.TensorShape) = ("$.id", "$.c", "$.x", [.. configured.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]));
        var result = decoder.Decode($$"""{"id":"a","c":0,"x":{{value}}}""");
        Assert.Null(result.Detail);
        var dense = Assert.IsType<ExampleInput.Dense>(result.Example!.Input);
        Assert.Equal(shape, string.Join(',', dense.Shape));
        var expected = dense.Type == ElementType.UInt8 ? [1, 2, 3, 4, 5, 6] : Enumerable.Range(1, 6).SelectMany(static i => BitConverter.GetBytes((float)i)).ToArray();
        Assert.Equal(expected, dense.Data.ToArray());
    }

    [Theory]
    [InlineData("[[1,2],[3]]", "wrong-shape")]
    [InlineData("[[1,2],3]", "wrong-shape")]
    [InlineData("[]", "wrong-shape")]
    [InlineData("[[]]", "wrong-shape")]
    [InlineData("[1,\"2\"]", "wrong-shape")]
    [InlineData("[1e300]", "not-finite")]
    [InlineData("\"AAA=\"", "wrong-shape")]
    [InlineData("\"%\"", "malformed")]
    [InlineData("true", "malformed")]
    [InlineData("[[[[[[[[[1]]]]]]]]]", "too-large")]
    [InlineData("""{"type":"int64","values":[1]}""", "wrong-shape")]
    [InlineData("""{"shape":["a"],"values":[1]}""", "wrong-shape")]
    [InlineData("""{"shape":[1]}""", "malformed")]
    public void Rejects_other_tensors(string value, string reason)
    {
        var decoder = MappedRecords.Decoder(static f => (f.Id, f.Class, f.Tensor) = ("$.id", "$.c", "$.x"));
        Assert.Equal(reason, decoder.Decode($$"""{"id":"a","c":0,"x":{{value}}}""").Reason);
    }

    [Theory]
    [InlineData("""["insult","threat"]""", "insult;threat")]
    [InlineData("[]", "")]
    [InlineData("""{"items":["insult"]}""", "insult")]
    public void A_list_of_labels_is_a_set(string list, string names)
    {
        var decoder = MappedRecords.Decoder(static f => (f.Id, f.Label, f.Text) = ("$.id", "$.l", "$.t"));
        var set = Assert.IsType<Target.LabelSet>(decoder.Decode($$"""{"id":"a","l":{{list}},"t":"hello"}""").Example!.Target);
        Assert.Equal(names, string.Join(';', set.Names));
    }

    [Fact]
    public void An_image_is_base64_and_boxes_are_a_list_of_objects()
    {
        var decoder = MappedRecords.Decoder(static f => (f.Id, f.Boxes, f.Image) = ("$.id", "$.b", "$.i"));
        var png = Convert.ToBase64String(Examples.ExampleGen.Png);
        var e = decoder.Decode($$"""{"id":"a","b":[{"left":1,"top":2,"right":3,"bottom":4,"label":"cell","difficult":true}],"i":"{{png}}"}""").Example!;
        Assert.Equal([new LabeledBox(1, 2, 3, 4, "cell", true)], ((Target.Boxes)e.Target).Items);
        Assert.Equal(Examples.ExampleGen.Png, ((ExampleInput.EncodedImage)e.Input).Data.ToArray());
        Assert.Empty(((Target.Boxes)decoder.Decode($$"""{"id":"a","b":[],"i":"{{png}}"}""").Example!.Target).Items);
        Assert.Contains("must have a label", decoder.Decode($$"""{"id":"a","b":[{"left":1,"top":2,"right":3,"bottom":4}],"i":"{{png}}"}""").Detail, StringComparison.Ordinal);
        Assert.Contains("numbers left, top", decoder.Decode($$"""{"id":"a","b":[{"left":"1"}],"i":"{{png}}"}""").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"f":{"a":[1]}}""", "The feature a in $.f must be a number, text or a boolean but is a list of 1 numbers. Name its members in wire.fields.features, or add it to wire.fields.excludedFeatures.")]
    [InlineData("""{"f":{"a":{}}}""", "is an object")]
    [InlineData("""{"f":7}""", "")]
    [InlineData("""{"f":{"n":"x"}}""", "must be a number (wire.fields.numericFeatures)")]
    [InlineData("""{"f":{"d":"%"}}""", "wire.fields.decimals")]
    [InlineData("""{"f":{}}""", "The list of features is empty.")]
    [InlineData("""{"f":null}""", "$.f is null (wire.fields.features)")]
    [InlineData("""{"g":1}""", "$.f is missing (wire.fields.features)")]
    [InlineData("""{"f":[{"x":1}]}""", "must have a name and a number or category")]
    [InlineData("""{"f":[{"name":"a","number":1},{"name":"a","number":2}]}""", "The feature a occurs twice.")]
    public void Rejects_features_with_field_kind_and_remedy(string json, string expected)
    {
        var decoder = MappedRecords.Decoder(static f =>
        {
            (f.Class, f.Features, f.NumericFeatures) = ("$.c", ["$.f"], ["n"]);
            f.Decimals["d"] = "2";
        });
        var result = decoder.Decode($$"""{"c":1,{{json[1..]}}""", "key");
        Assert.Equal(expected.Length == 0, result.Example is not null);
        Assert.Contains(expected, result.Detail ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Decimals_and_lists_of_features_are_read()
    {
        var decoder = MappedRecords.Decoder(static f =>
        {
            (f.Class, f.Features) = ("$.c", ["$.f"]);
            f.Decimals["d"] = "2";
        });
        Assert.Equal([new Feature("d", 12.34, null)], Features("""{"c":1,"f":{"d":"BNI="}}"""));
        Assert.Equal([new Feature("x", 1, null), new Feature("y", 0, "red")], Features("""{"c":1,"f":[{"name":"x","number":1},{"name":"y","category":"red"},{"name":"z"}]}"""));

        IReadOnlyList<Feature> Features(string json) => ((ExampleInput.Features)decoder.Decode(json, "key").Example!.Input).Items;
    }

    [Fact]
    public void The_key_is_the_id_if_no_field_is()
    {
        var decoder = MappedRecords.Decoder(static f => (f.Class, f.Text) = ("$.c", "$.t"));
        const string Value = """{"c":1,"t":"x"}""";
        Assert.Equal("plain", decoder.Decode(Value, "plain").Example?.Id);
        Assert.Equal("quoted", decoder.Decode(Value, "\"quoted\"").Example?.Id);
        Assert.Equal("17", decoder.Decode(Value, """{"id":17}""").Example?.Id);
        Assert.Equal("17", decoder.Decode(Value, """{"schema":{},"payload":{"id":17}}""").Example?.Id);
        var composite = decoder.Decode(Value, """{"a":1,"b":2}""");
        Assert.Equal(RejectionReasons.MissingId, composite.Reason);
        Assert.Contains("wire.fields.key", composite.Detail, StringComparison.Ordinal);
        Assert.Equal(RejectionReasons.MissingId, decoder.Decode(Value).Reason);
        Assert.Equal(RejectionReasons.Malformed, decoder.Decode(Value, "{").Reason);
        Assert.Equal(RejectionReasons.TooLarge, decoder.Decode(Value, new string('k', 300)).Reason);
        Assert.Equal("2", MappedRecords.Decoder(static f => (f.Class, f.Text, f.Key) = ("$.c", "$.t", "$.b")).Decode(Value, """{"a":1,"b":2}""").Example?.Id);
    }

    [Fact]
    public void A_null_value_and_a_marked_record_delete_the_id()
    {
        var decoder = MappedRecords.Decoder(static f => (f.Id, f.Class, f.Text, f.Deleted) = ("$.id", "$.c", "$.t", "$.__deleted"));
        Assert.Equal(ExampleKey.Of("17"), decoder.Decode(null, """{"id":17}""").Deleted);
        Assert.Equal(ExampleKey.Of("k"), decoder.Decode(null, "k").Deleted);
        Assert.Equal(ExampleKey.Of("a"), decoder.Decode("""{"id":"a","__deleted":"true"}""", "other").Deleted);
        Assert.Equal(ExampleKey.Of("a"), decoder.Decode("""{"id":"a","__deleted":1}""", "other").Deleted);
        Assert.NotNull(decoder.Decode("""{"id":"a","__deleted":"false","c":1,"t":"x"}""").Example);
        Assert.Equal(RejectionReasons.MissingId, decoder.Decode((string?)null).Reason);
    }

    [Theory]
    [InlineData("", "malformed", "empty")]
    [InlineData("{", "malformed", "")]
    [InlineData("[1]", "missing-id", "$.id is missing because $ is a list of 1 numbers (wire.fields.id)")]
    [InlineData("""{"id":"a"} {}""", "malformed", "")]
    [InlineData("""{"id":"a","id":"b"}""", "malformed", "The member id occurs twice")]
    [InlineData("""{"id":{},"c":1,"t":"x"}""", "malformed", "The field $.id (wire.fields.id) must be text or a number but is an object.")]
    [InlineData("""{"id":"a","c":1,"t":5}""", "malformed", "The field $.t (wire.fields.text) must be text but is a number.")]
    [InlineData("""{"id":"a","t":"x"}""", "missing-target", "$.c is missing (wire.fields.class)")]
    [InlineData("""{"id":"a","c":1}""", "missing-input", "$.t is missing (wire.fields.text)")]
    [InlineData("""{"id":"a","c":1,"t":"x","w":0}""", "malformed", "The weight must be above 0")]
    [InlineData("""{"id":"a","c":1,"t":"x","w":"2"}""", "malformed", "The field $.w (wire.fields.weight) must be a number above 0 but is text.")]
    [InlineData("""{"id":"a","c":1,"t":"x","w":1e300}""", "not-finite", "")]
    [InlineData("""{"id":"a","c":1,"t":"x","at":"yesterday"}""", "malformed", "The field $.at (wire.fields.eventTime) must be a time")]
    public void Rejects_with_path_kind_and_remedy(string json, string reason, string detail)
    {
        var decoder = MappedRecords.Decoder(static f => (f.Id, f.Class, f.Text, f.Weight, f.EventTime) = ("$.id", "$.c", "$.t", "$.w", "$.at"));
        var result = decoder.Decode(json);
        Assert.Equal(reason, result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_targets_or_two_inputs_are_rejected()
    {
        var decoder = MappedRecords.Decoder(static f => (f.Id, f.Class, f.Label, f.Text, f.Features) = ("$.id", "$.c", "$.l", "$.t", ["$.f"]));
        Assert.Contains("$.c (wire.fields.class) and $.l (wire.fields.label)", decoder.Decode("""{"id":"a","c":1,"l":"x","t":"x"}""").Detail, StringComparison.Ordinal);
        Assert.Contains("$.t (wire.fields.text) and $.f (wire.fields.features)", decoder.Decode("""{"id":"a","c":1,"t":"x","f":{"a":1}}""").Detail, StringComparison.Ordinal);
        Assert.NotNull(decoder.Decode("""{"id":"a","c":1,"l":null,"t":"x","f":null}""").Example);
    }

    [Fact]
    public void Depth_numbers_and_values_are_bounded()
    {
        var decoder = MappedRecords.Decoder(static f => (f.Class, f.Text) = ("$.c", "$.t"), limits: new WireLimits { MaxFeatures = 1, MaxBoxes = 1, MaxTensorElements = 100, MaxRecordBytes = 100_000 });
        Assert.Equal(RejectionReasons.Malformed, decoder.Decode(new string('[', 40) + new string(']', 40), "k").Reason);
        Assert.Equal(RejectionReasons.TooLarge, decoder.Decode($$"""{"c":{{new string('1', 500)}}}""", "k").Reason);
        Assert.Equal(RejectionReasons.TooLarge, decoder.Decode($"[{string.Join(',', Enumerable.Repeat("null", 1041))}]", "k").Reason);
        Assert.Equal(RejectionReasons.TooLarge, decoder.Decode($"[{string.Join(',', Enumerable.Repeat("1", 101))}]", "k").Reason);
        Assert.Equal(RejectionReasons.TooLarge, decoder.Decode(new string(' ', 100_001), "k").Reason);
    }

    private static EnvelopeDecoder Text(string target) => MappedRecords.Decoder(f =>
    {
        (f.Id, f.Text) = ("$.id", "$.t");
        if (target == "class")
            f.Class = "$.c";
        else
            f.Label = "$.c";
    });
}
