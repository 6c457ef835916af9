using System.Net;
using System.Text;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api;

namespace HnmStreams.Web.Tests.Limits;

public sealed class ScoreLimitTests
{
    private const string Example = """[{ "input": { "tensor": { "type": "float32", "shape": [1], "values": [1] } } }]""";

    [Fact(Timeout = 120_000)]
    public async Task Requests_beyond_the_limit_are_answered_with_429_until_one_is_done()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System), configure: o => o.MaxScoreRequests = 2);
        var head = $"POST /api/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {ScoreRequest.MaxBytes}\r\n\r\n[";
        using (await RawRequest.SendAsync(pages.Client.BaseAddress!, head))
        using (await RawRequest.SendAsync(pages.Client.BaseAddress!, head))
        {
            using var rejected = await UntilAsync(pages, HttpStatusCode.TooManyRequests);
            Assert.Equal("1", rejected.Headers.GetValues("Retry-After").Single());
            using var live = await pages.Client.GetAsync("/healthz/live", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }

        using var accepted = await UntilAsync(pages, HttpStatusCode.OK);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_chunked_body_is_rejected_as_soon_as_it_exceeds_the_limit()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/score") { Content = new StreamContent(new EndlessStream()) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = true;
        // The server answers and closes while the client still sends.
        try
        {
            using var answer = await pages.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            using var live = await pages.Client.GetAsync("/healthz/live", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }
    }

    // Two bytes of JSON become a syntax tree element that is several times larger.
    [Fact(Timeout = 120_000)]
    public async Task A_body_of_many_small_values_is_rejected_without_building_a_syntax_tree()
    {
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System));
        var body = Encoding.ASCII.GetBytes("[" + string.Concat(Enumerable.Repeat("1,", 4_000_000)) + "1]");
        var before = GC.GetTotalAllocatedBytes();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var answer = await pages.Client.PostAsync("/api/score", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 40L << 20);
    }

    private static async Task<HttpResponseMessage> UntilAsync(RunningWebsite pages, HttpStatusCode status)
    {
        while (true)
        {
            using var content = new StringContent(Example, Encoding.UTF8, "application/json");
            var answer = await pages.Client.PostAsync("/api/score", content, TestContext.Current.CancellationToken);
            if (answer.StatusCode == status)
                return answer;
            answer.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'[');
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
