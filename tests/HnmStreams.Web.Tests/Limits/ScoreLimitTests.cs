using System.Net;
using System.Text;
using HnmStreams.Testing.Learner;

namespace HnmStreams.Web.Tests.Limits;

public sealed class ScoreLimitTests
{
    private const string Example = """[{ "input": { "tensor": { "type": "float32", "shape": [1], "values": [1] } } }]""";

    [Fact(Timeout = 120_000)]
    public async Task Requests_beyond_the_limit_are_answered_with_429_until_one_is_done()
    {
        using var inProgress = new SemaphoreSlim(0);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var questions = new CannedQuestions
        {
            BeforeScoring = () =>
            {
                inProgress.Release();
                return release.Task;
            },
        };
        await using var pages = await RunningWebsite.StartAsync(RunStates.View(TimeProvider.System, questions: questions), configure: o => o.MaxScoreRequests = 2);
        var first = PostAsync(pages);
        var second = PostAsync(pages);
        await inProgress.WaitAsync(TestContext.Current.CancellationToken);
        await inProgress.WaitAsync(TestContext.Current.CancellationToken);
        using (var rejected = await PostAsync(pages))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, rejected.StatusCode);
            Assert.Equal("1", rejected.Headers.GetValues("Retry-After").Single());
        }

        using (var live = await pages.Client.GetAsync("/healthz/live", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        release.SetResult();
        foreach (var request in (Task<HttpResponseMessage>[])[first, second])
        {
            using var answer = await request;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // The server may count a request as in progress for a moment after its answer has arrived.
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
        // Other tests allocate in the same process, so that one measurement is only an upper bound. A syntax tree would always exceed the limit.
        const long Limit = 40L << 20;
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 20 && least > Limit; attempt++)
        {
            var before = GC.GetTotalAllocatedBytes();
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            using var answer = await pages.Client.PostAsync("/api/score", content, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            least = Math.Min(least, GC.GetTotalAllocatedBytes() - before);
        }

        Assert.InRange(least, 0, Limit);
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningWebsite pages)
    {
        using var content = new StringContent(Example, Encoding.UTF8, "application/json");
        return await pages.Client.PostAsync("/api/score", content, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpResponseMessage> UntilAsync(RunningWebsite pages, HttpStatusCode status)
    {
        while (true)
        {
            var answer = await PostAsync(pages);
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
